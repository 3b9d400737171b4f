select protect_rows('organizations'::regclass, 'id = (select request_organization())');

-- A contact belongs to the organization of its execution.
select protect_rows('execution_contacts'::regclass, 'exists (select from executions where executions.id = execution_id)');

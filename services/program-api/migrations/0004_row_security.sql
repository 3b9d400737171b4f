-- Rows without an organization of their own belong to that of the row that they are part of.
select protect_rows('dids'::regclass, 'organization_id is null or organization_id = (select request_organization())');
select protect_rows('audience_contacts'::regclass, 'exists (select from audiences where audiences.id = audience_id)');
select protect_rows('import_rejections'::regclass, 'exists (select from contact_imports where contact_imports.id = import_id)');
select protect_rows('import_warnings'::regclass, 'exists (select from contact_imports where contact_imports.id = import_id)');
select protect_rows('flow_versions'::regclass, 'exists (select from flows where flows.id = flow_id)');
select protect_rows('program_executions'::regclass, 'exists (select from programs where programs.id = program_id)');

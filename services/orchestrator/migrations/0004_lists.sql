-- The list of executions that have not ended goes on behind an id. Ended ones, which soon outnumber them, are not in the index.
create index executions_active on executions (organization_id, is_test, id) where status not in ('completed', 'stopped', 'cancelled');

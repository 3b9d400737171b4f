-- Executions that were launched in test mode. Figures of a whole organization leave them out.
alter table executions add column is_test boolean not null default false;

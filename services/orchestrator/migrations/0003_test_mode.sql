-- Executions that were launched in test mode: their calls are simulated and free. A program has one execution at a time in each mode.
alter table executions add column is_test boolean not null default false;
drop index executions_one_live_per_program;
create unique index executions_one_live_per_program on executions (program_id, is_test) where status not in ('completed', 'stopped', 'cancelled');

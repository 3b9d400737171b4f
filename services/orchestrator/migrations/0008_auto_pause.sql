-- How often each node with an auto-pause rule has run, and the rule that paused the execution. Empty and null at the end of an execution.
alter table executions add column node_counters jsonb not null default '[]';
alter table executions add column paused_by jsonb;

-- Runs of nodes that were counted: one that the stream holds twice is counted once. Only runs of nodes with a rule are here, until their execution has ended.
create table counted_runs (
  execution_id uuid not null,
  call_id uuid not null,
  seq integer not null,
  primary key (execution_id, call_id, seq)
);
select protect_rows('counted_runs'::regclass, 'exists (select from executions where executions.id = execution_id)');

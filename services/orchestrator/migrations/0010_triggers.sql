-- Of an execution of a live program: by which date its contacts are called.
alter table executions add column trigger_condition jsonb;

-- Triggers that program-api told of. One that has fired stays until the execution ends, so that it does not fire again when it is told again.
create table due_triggers (
  trigger_id uuid primary key,
  execution_id uuid not null,
  contact_id uuid not null,
  phone text not null,
  first_name text,
  last_name text,
  attributes jsonb not null,
  trigger_at timestamptz not null,
  has_fired boolean not null default false
);
create index due_triggers_waiting on due_triggers (execution_id, trigger_at, trigger_id) where not has_fired;
create index due_triggers_of_execution on due_triggers (execution_id);
select protect_rows('due_triggers'::regclass, 'exists (select from executions where executions.id = execution_id)');

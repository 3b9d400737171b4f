-- Executions of live programs whose end is not known: while there is one, every change of a contact of its organization may make, move or cancel a trigger. What the launch
-- fixed of the program stands here. seeded_after is the contact up to which the triggers of those who were there before were made.
create table live_executions (
  execution_id uuid primary key,
  organization_id uuid not null,
  program_id uuid not null,
  trigger_condition jsonb not null,
  timezone text not null,
  launched_at timestamptz not null,
  seeded_after uuid not null default '00000000-0000-0000-0000-000000000000',
  is_seeded boolean not null default false,
  has_ended boolean not null default false
);
create index live_executions_of_organization on live_executions (organization_id) where not has_ended;
create index live_executions_to_seed on live_executions (launched_at) where not is_seeded and not has_ended;

-- When a contact is called. sent_at: the orchestrator was told that it is due.
create table contact_triggers (
  id uuid primary key,
  organization_id uuid not null,
  program_id uuid not null,
  execution_id uuid not null,
  contact_id uuid not null,
  contact_name text,
  contact_phone text not null,
  trigger_at timestamptz not null,
  attribute_value text not null,
  status text not null default 'pending' check (status in ('pending', 'triggered', 'cancelled')),
  sent_at timestamptz,
  triggered_at timestamptz,
  created_at timestamptz not null
);
create unique index contact_triggers_pending on contact_triggers (execution_id, contact_id) where status = 'pending';
create index contact_triggers_due on contact_triggers (trigger_at) where status = 'pending' and sent_at is null;
create index contact_triggers_of_contact on contact_triggers (execution_id, contact_id, trigger_at) where status = 'triggered';
create index contact_triggers_of_program on contact_triggers (program_id, id);
create index contact_triggers_by_status on contact_triggers (program_id, status, id);

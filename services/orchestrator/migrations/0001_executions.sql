-- One launch of a program. What the launch fixed never changes; status, counts and the like are written with every batch of events,
-- so room is left for updates in place and no index covers what they change.
create table executions (
  id uuid primary key,
  organization_id uuid not null,
  program_id uuid not null,
  program_name text not null,
  audience_id uuid not null,
  flow_id uuid not null,
  flow_version integer not null,
  flow_name text not null,
  nodes jsonb not null,
  dids jsonb not null,
  retry_strategy jsonb not null,
  pause_windows jsonb,
  calling_hours jsonb,
  timezone text not null,
  max_concurrent_calls integer not null,
  calls_per_second double precision,
  amd boolean,
  lane smallint not null,
  scheduled_start_at timestamptz not null,
  scheduled_stop_at timestamptz,
  total_contacts integer not null,
  created_at timestamptz not null,

  status text not null check (status in
    ('scheduled', 'running', 'paused', 'paused_no_credits', 'paused_threshold', 'completed', 'stopped', 'cancelled')),
  revision integer not null,
  pending integer not null check (pending >= 0),
  queued integer not null check (queued >= 0),
  calling integer not null check (calling >= 0),
  pending_retry integer not null check (pending_retry >= 0),
  completed integer not null check (completed >= 0),
  failed integer not null check (failed >= 0),
  skipped integer not null check (skipped >= 0),
  did_cursor integer not null default 0,
  auto_pause_rules jsonb,
  actual_start_at timestamptz,
  actual_end_at timestamptz,
  -- Ended, no call in progress, and the row of every skipped contact says so: no lane has to look at it again.
  settled boolean not null default false,
  updated_at timestamptz not null,
  constraint executions_contacts_add_up
    check (total_contacts = pending + queued + calling + pending_retry + completed + failed + skipped)
) with (fillfactor = 50);

create unique index executions_one_live_per_program on executions (program_id) where status not in ('completed', 'stopped', 'cancelled');
create index executions_unsettled on executions (id) where not settled;
create index executions_of_organization on executions (organization_id, program_id, id);

-- A contact of an execution, as it was at launch, and where its calls stand. due_at is set while it waits for a call and only then:
-- the index holds those who wait, and queued -> calling -> completed changes no indexed column.
create table execution_contacts (
  execution_id uuid not null,
  contact_id uuid not null,
  phone text not null,
  first_name text,
  last_name text,
  attributes jsonb not null,
  status text not null default 'pending',
  attempt smallint not null default 0,
  is_retry boolean not null default false,
  due_at timestamptz,
  call_id uuid,
  did_number text,
  order_not_after timestamptz,
  primary key (execution_id, contact_id)
) with (fillfactor = 70);

create index execution_contacts_due on execution_contacts (execution_id, is_retry, due_at, contact_id) where due_at is not null;

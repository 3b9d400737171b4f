-- Tables that grow with every call are partitioned by the month in which the call's id, a UUID of version 7, was made: old months can be
-- dropped as a whole, and the indexes that take writes stay as small as a month. The service makes the partitions ahead of time; the
-- default ones take what falls outside them.

-- Calls, when they start and when they end, and in between what happens on them: rows are only ever added, so that a call that goes on for long
-- rewrites nothing.
create table calls (
  call_id uuid primary key,
  organization_id uuid not null,
  execution_id uuid,
  job_id uuid,
  program_id uuid,
  contact_id uuid,
  attempt integer not null,
  from_number text not null,
  to_number text not null,
  direction text not null,
  started_at timestamptz not null
) partition by range (call_id);
create index calls_of_execution on calls (execution_id, call_id) where execution_id is not null;
create index calls_of_job on calls (job_id, call_id) where job_id is not null;
create table calls_default partition of calls default;

create table call_ends (
  call_id uuid primary key,
  answered_at timestamptz,
  ended_at timestamptz not null,
  outcome text not null,
  outcome_reason text not null,
  flow_outcome text not null,
  duration_ms bigint
) partition by range (call_id);
create table call_ends_default partition of call_ends default;

-- What happened on a call, in order: a row holds the events of one batch as the text of a JSON array, up to the event last_seq (as json, the
-- database would check each text anew, for a third of the cost of all that is written about a call). The highest last_seq of a call says how far it was read: its events up to there are in every figure of this schema that they concern, later ones are in none.
create table call_events (
  call_id uuid not null,
  last_seq integer not null,
  events text not null,
  primary key (call_id, last_seq)
) partition by range (call_id);
-- A few kilobytes are cheaper to store than to compress: they stay in the row as they are.
alter table call_events alter column events set storage external;
create table call_events_default partition of call_events default with (toast_tuple_target = 8160);

-- Events that came before one that precedes them. Nearly always empty.
create table parked_call_events (
  call_id uuid not null,
  seq integer not null,
  event json not null,
  primary key (call_id, seq)
);

-- Figures of an execution by attempt. Every count of calls in any report is a sum over these rows.
create table attempt_stats (
  execution_id uuid not null,
  attempt integer not null,
  started bigint not null,
  answered bigint not null,
  voicemail bigint not null,
  no_answer bigint not null,
  busy bigint not null,
  rejected bigint not null,
  failed bigint not null,
  flow_completed bigint not null,
  connected_duration_ms bigint not null,
  primary key (execution_id, attempt)
) with (fillfactor = 50);

create table node_stats (
  execution_id uuid not null,
  node_id text not null,
  node_type text not null,
  node_label text,
  unique_calls bigint not null,
  total_executions bigint not null,
  primary key (execution_id, node_id)
) with (fillfactor = 50);

create table digit_stats (
  execution_id uuid not null,
  node_id text not null,
  digits text not null,
  executions bigint not null,
  primary key (execution_id, node_id, digits)
) with (fillfactor = 50);

-- An execution as it was launched.
create table executions (
  execution_id uuid primary key,
  organization_id uuid not null,
  program_id uuid not null,
  program_name text not null,
  audience_id uuid not null,
  flow_id uuid not null,
  flow_version integer not null,
  flow_name text not null,
  nodes jsonb not null,
  did_pool jsonb not null,
  retry_strategy jsonb not null,
  pause_windows jsonb,
  timezone text not null,
  scheduled_start_at timestamptz not null,
  scheduled_stop_at timestamptz,
  launched_at timestamptz not null
);

-- How far it has come.
create table execution_progress (
  execution_id uuid primary key,
  status text,
  status_revision integer not null,
  counts jsonb not null,
  counts_revision integer not null,
  actual_start_at timestamptz,
  actual_end_at timestamptz
) with (fillfactor = 50);

-- One row per call that was rated, those that cost nothing included.
create table call_costs (
  call_id uuid primary key,
  organization_id uuid not null,
  execution_id uuid,
  contact_id uuid,
  duration_ms bigint,
  total_cost numeric(20, 6) not null,
  nodes json not null
) partition by range (call_id);
create index call_costs_costliest on call_costs (execution_id, total_cost desc, call_id) where execution_id is not null and total_cost > 0;
create table call_costs_default partition of call_costs default;

create table execution_billing (
  execution_id uuid primary key,
  total_cost numeric(20, 6) not null,
  billable_calls bigint not null
) with (fillfactor = 50);

create table node_type_billing (
  execution_id uuid not null,
  node_type text not null,
  total_cost numeric(20, 6) not null,
  executions bigint not null,
  total_duration_ms bigint,
  primary key (execution_id, node_type)
) with (fillfactor = 50);

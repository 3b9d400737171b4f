-- Every figure belongs to a position of the calls' lane, so that a report shows contacts, calls and credits of one position.

alter table calls add column position bigint not null default 0;
alter table call_ends add column position bigint not null default 0;
alter table call_costs add column position bigint not null default 0;

-- How far each lane of the calls was read.
create table calls_read (
  lane smallint primary key,
  position bigint not null
);

-- What a batch added to the figures of an execution, change by change, each with its position and time. A row is never changed. Now and then one holds the
-- figures after it (snapshot), so that few rows must be read for the figures at any position. changes_since counts those since the last snapshot, with its own.
create table call_figures (
  execution_id uuid not null,
  position bigint not null,
  step integer not null,
  at timestamptz not null,
  changes text not null,
  changes_since integer not null,
  snapshot text,
  primary key (execution_id, position, step)
);
create index call_figures_snapshots on call_figures (execution_id, position, step) where snapshot is not null;

-- The digits of all changes between two snapshots. There can be as many different inputs as calls, so no snapshot repeats them.
create table digit_figures (
  execution_id uuid not null,
  step integer not null,
  node_id text not null,
  digits text not null,
  executions bigint not null,
  primary key (execution_id, step, node_id, digits)
);

create table cost_figures (like call_figures including all);

-- What each event of an execution says. A step is a position and the number of contacts in each status after it.
create table execution_steps (
  execution_id uuid not null,
  position bigint not null,
  revision integer not null,
  at timestamptz not null,
  status text,
  steps text not null,
  primary key (execution_id, position, revision)
);
create index execution_steps_statuses on execution_steps (execution_id, position, revision) where status is not null;

-- False for an execution of before its events had positions. Its reports show what has been read so far.
alter table executions add column has_positions boolean not null default false;

insert into call_figures
select execution_id, 0, 1, now(), '{"w":[],"c":[]}', 0, json_agg(json_build_array(key, sums))::text
from (
  select execution_id, format('["attempt",%s]', attempt) as key,
         json_build_array(started, answered, voicemail, no_answer, busy, rejected, failed, flow_completed, connected_duration_ms) as sums
  from attempt_stats
  union all
  select execution_id, format('["node",%s,%s,%s]', to_json(node_id), to_json(node_type), coalesce(to_json(node_label)::text, 'null')),
         json_build_array(unique_calls, total_executions)
  from node_stats
) as figures
group by execution_id;

insert into digit_figures select execution_id, 1, node_id, digits, executions from digit_stats;

insert into cost_figures
select execution_id, 0, 1, now(), '{"w":[],"c":[]}', 0, json_agg(json_build_array(key, sums))::text
from (
  select execution_id, 'total' as key, json_build_array((total_cost * 1000000)::bigint, billable_calls) as sums from execution_billing
  union all
  select execution_id, 'type ' || node_type,
         json_build_array((total_cost * 1000000)::bigint, executions, coalesce(total_duration_ms, 0),
                          case when total_duration_ms is null then 0 else executions end)
  from node_type_billing
) as figures
group by execution_id;

with progress as (
  select *, json_build_array(json_build_array(0, counts -> 'pending', counts -> 'queued', counts -> 'calling', counts -> 'pendingRetry',
                                              counts -> 'completed', counts -> 'failed', counts -> 'skipped'))::text as steps
  from execution_progress
)
insert into execution_steps (execution_id, position, revision, at, status, steps)
select execution_id, 0, 0, actual_start_at, 'running', steps from progress where actual_start_at is not null
union all
select execution_id, 0, status_revision, coalesce(actual_end_at, now()), status, steps from progress where status is not null
union all
select execution_id, 0, counts_revision, now(), null, steps from progress where counts_revision <> status_revision;

drop table attempt_stats, node_stats, digit_stats, execution_billing, node_type_billing, execution_progress;

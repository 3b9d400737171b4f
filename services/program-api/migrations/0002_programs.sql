create table flows (
  id uuid primary key,
  organization_id uuid not null,
  latest_version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index flows_of_organization on flows (organization_id, id) where deleted_at is null;

-- graph is json, not jsonb: it is given back as it was sent.
create table flow_versions (
  flow_id uuid not null references flows,
  version integer not null check (version > 0),
  name text not null,
  graph json not null,
  created_at timestamptz not null,
  primary key (flow_id, version)
);

-- A call that runs a version, and a report on it a year later, see the same graph.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is not allowed', tg_op, tg_table_name;
end
$$;
create trigger flow_versions_never_change before update or delete or truncate on flow_versions
  for each statement execute function refuse_change();

-- organization_id null: every organization may call from it.
create table dids (
  id uuid primary key,
  organization_id uuid,
  number text not null,
  country text not null,
  status text not null check (status in ('active', 'inactive')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index dids_number on dids (coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), number);

create table programs (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  mode text not null check (mode in ('batch', 'live')),
  status text not null check (status in ('draft', 'active', 'archived')),
  audience_id uuid not null,
  flow_id uuid not null references flows,
  trigger_condition jsonb,
  start_at timestamptz not null,
  stop_at timestamptz,
  did_ids uuid[] not null,
  retry_strategy jsonb not null,
  pause_windows jsonb,
  auto_pause_rules jsonb,
  timezone text,
  calling_hours jsonb,
  pacing jsonb,
  amd boolean,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (stop_at > start_at)
);
create index programs_of_organization on programs (organization_id, id);
create index programs_by_flow on programs (flow_id) where status <> 'archived';
create index programs_by_audience on programs (audience_id) where status <> 'archived';

-- What the orchestrator tells of a program's executions.
create table program_executions (
  execution_id uuid primary key,
  program_id uuid not null,
  is_live boolean not null,
  revision integer not null
);
create index program_executions_live on program_executions (program_id) where is_live;

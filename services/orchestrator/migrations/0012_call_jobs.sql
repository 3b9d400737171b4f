-- Requests to call one number. `status` is that of the number, as of a contact of an execution; `job_status` is what the API says.
create table call_jobs (
  id uuid primary key,
  organization_id uuid not null,
  is_test boolean not null,
  lane smallint not null,
  to_number text not null,
  from_number text not null,
  contact_id uuid,
  flow_id uuid not null,
  flow_version integer not null,
  flow_name text not null,
  variables jsonb not null,
  retry_strategy jsonb not null,
  pause_windows jsonb,
  calling_hours jsonb,
  timezone text not null,
  amd boolean,
  expires_at timestamptz,
  created_at timestamptz not null,
  status text not null check (status in ('pending', 'queued', 'calling', 'pending_retry', 'completed', 'failed', 'skipped')),
  job_status text not null check (job_status in ('queued', 'active', 'completed', 'failed')),
  failure_reason text,
  outcome text,
  attempt smallint not null,
  due_at timestamptz,
  call_id uuid,
  order_not_after timestamptz,
  is_cancelled boolean not null,
  ended_at timestamptz,
  check ((due_at is not null) = (status in ('pending', 'pending_retry'))),
  check ((ended_at is not null) = (job_status in ('completed', 'failed')))
);
-- A queue holds the jobs of an organization and a mode, in a lane.
create index call_jobs_waiting on call_jobs (lane, organization_id, is_test, due_at, id) where due_at is not null;
create index call_jobs_expiring on call_jobs (lane, organization_id, is_test, expires_at) where due_at is not null and expires_at is not null;
create index call_jobs_ordered on call_jobs (lane, order_not_after) where status = 'queued';
create index call_jobs_open on call_jobs (organization_id, is_test) where status in ('queued', 'calling');
create index call_jobs_live on call_jobs (organization_id, is_test) where ended_at is null;
create index call_jobs_of_organization on call_jobs (organization_id, is_test, id);
create index call_jobs_in_status on call_jobs (organization_id, is_test, job_status, id);
create index call_jobs_ended on call_jobs (ended_at) where ended_at is not null;
select protect_rows('call_jobs'::regclass, 'organization_id = (select request_organization())');

-- Platform time: the database's clock, times a speed that is 1 unless the connection says otherwise.
create function clock_now() returns timestamptz language sql volatile as $$
  select case
    when coalesce(current_setting('carillon.clock_speed', true), '') = '' then clock_timestamp()
    else current_setting('carillon.clock_virtual_anchor')::timestamptz
         + (clock_timestamp() - current_setting('carillon.clock_real_anchor')::timestamptz)
         * current_setting('carillon.clock_speed')::float8
  end
$$;

-- Messages that a transaction has decided to publish. A row holds the messages of one stream, one a line:
-- subject, tab, message id, tab, JSON. created_at and published_at are real time: they serve the relay alone.
create table outbox (
  id bigint generated always as identity primary key,
  stream text not null,
  messages text not null,
  message_count integer not null,
  created_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  last_sequence bigint
);
alter table outbox alter column messages set storage external;
create index outbox_unpublished on outbox (id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

-- How far each projection has read each lane. message_id tells a stream that was truncated and written again.
create table checkpoints (
  projection text not null,
  lane smallint not null,
  sequence bigint not null default 0,
  message_id text,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (projection, lane)
);

create table dead_letters (
  id bigint generated always as identity primary key,
  projection text not null,
  lane smallint not null,
  stream_sequence bigint not null,
  subject text not null,
  message text not null,
  error text not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (projection, stream_sequence)
);

create table leases (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null
);

create table replicas (
  id text primary key,
  seen_at timestamptz not null
);

create table idempotency_keys (
  organization_id uuid not null,
  key text not null,
  request_hash text not null,
  status_code integer,
  response jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Every call that this service has ever taken on, written before the carrier is asked: a call id that is here is never dialed again.
create table dial_journal (
  call_id text collate "C" primary key,
  state text not null check (state in ('dialing', 'expired', 'ended')),
  -- The bridge that runs the call: only it may add to the call's events.
  owner text collate "C" not null,
  -- The batch of orders that inserted the row: a batch that is tried again, for nobody knows whether it committed, finds its own rows.
  claim uuid not null,
  -- The order as JSON, for as long as somebody may have to end the call in its bridge's stead.
  dial_order text,
  started_at timestamptz not null,
  dialed_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  dial_node_id text,
  last_seq integer not null default 1,
  last_event_at timestamptz not null,
  executed_nodes integer not null default 0,
  -- Real time: it bounds how long a row is kept, and orders are kept by real time too.
  journaled_at timestamptz not null default clock_timestamp()
) with (fillfactor = 80);
create index dial_journal_under_way on dial_journal (owner) where state = 'dialing';
create index dial_journal_age on dial_journal using brin (journaled_at);

-- The bridges that are alive. seen_at is real time, by which a bridge is given up; seen_at_platform_time is when its calls are said to have ended.
create table bridges (
  id text collate "C" primary key,
  seen_at timestamptz not null,
  seen_at_platform_time timestamptz not null
);

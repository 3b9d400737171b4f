create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows never change', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end
$$;

-- A version is in force for calls that start from effective_from on, until the next one's. rates: node type -> rate, costs in micro-credits.
create table rate_cards (
  organization_id uuid not null,
  version integer not null check (version >= 1),
  effective_from timestamptz not null,
  rates jsonb not null,
  primary key (organization_id, version),
  unique (organization_id, effective_from)
);
create trigger rate_cards_unchanged before update or delete or truncate on rate_cards execute function refuse_change();
revoke update, delete, truncate on rate_cards from current_user;

-- balance = sum(ledger.amount) and entry_count = count(ledger) of the organization, at every commit.
create table accounts (
  organization_id uuid primary key,
  balance numeric(20, 6) not null,
  entry_count bigint not null,
  updated_at timestamptz not null
);

-- The debit of a call has the call's id, so that the primary key refuses a second one. number is 1, 2, 3... within the organization.
create table ledger (
  id uuid primary key,
  organization_id uuid not null references accounts,
  number bigint not null,
  type text not null check (type in ('call', 'adjustment')),
  amount numeric(20, 6) not null check (amount <> 0),
  balance_after numeric(20, 6) not null,
  call_id uuid,
  execution_id uuid,
  reason text,
  at timestamptz not null,
  unique (organization_id, number),
  check (case type when 'call' then call_id is not null and call_id = id and amount < 0 else call_id is null and reason is not null end)
);
create trigger ledger_unchanged before update or delete or truncate on ledger execute function refuse_change();
revoke update, delete, truncate on ledger from current_user;

-- Calls that were rated and cost nothing. stored_at is real time: rows are kept for longer than the stream keeps events.
create table uncharged_calls (
  call_id uuid primary key,
  stored_at timestamptz not null default clock_timestamp()
);
create index uncharged_calls_age on uncharged_calls using brin (stored_at);

-- Calls whose events are not complete yet. nodes: what has run; parked: facts that came before their turn.
create table open_calls (
  call_id uuid primary key,
  organization_id uuid not null,
  execution_id uuid,
  started_at timestamptz,
  last_seq integer not null,
  nodes jsonb not null,
  parked jsonb not null
) with (fillfactor = 70);

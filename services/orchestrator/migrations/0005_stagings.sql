-- A launch under way: its contacts are copied into execution_contacts in short transactions, before the execution exists. The transaction that makes the
-- execution deletes the row. A staging that was abandoned, or whose process has not said that it is alive, is swept: its contacts are deleted, then its row.
create table stagings (
  execution_id uuid primary key,
  organization_id uuid not null,
  program_id uuid not null,
  is_test boolean not null,
  idempotency_key text,
  contacts integer not null default 0,
  abandoned boolean not null default false,
  -- Real time.
  alive_at timestamptz not null default clock_timestamp()
);
create unique index stagings_one_per_program on stagings (program_id, is_test) where not abandoned;
create index stagings_of_organization on stagings (organization_id) where not abandoned;

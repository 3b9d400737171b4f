-- Whether an organization has credits, as billing told last. entry_count is the number of entries of the account at that time: news
-- with fewer entries is older. An organization without a row has executions from before billing was asked.
create table balances (
  organization_id uuid primary key,
  has_credits boolean not null,
  entry_count bigint not null
);

-- The do-not-call lists, as program-api tells of them.
create table dnc_numbers (
  organization_id uuid not null,
  phone text collate "C" not null,
  expires_at timestamptz,
  primary key (organization_id, phone)
);
create index dnc_numbers_expiring on dnc_numbers (expires_at) where expires_at is not null;
select protect_rows('dnc_numbers'::regclass, 'organization_id = (select request_organization())');

-- Why a contact is not called. Null for contacts that were skipped before the reason was kept.
alter table execution_contacts add column skip_reason text check (skip_reason in ('do_not_call', 'calling_hours', 'execution_ended'));

-- Numbers that an organization must not call. The collation lets the index of the constraint serve the search by the first digits of a number.
create table dnc_entries (
  id uuid primary key,
  organization_id uuid not null,
  phone text collate "C" not null,
  reason text,
  source text not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  constraint dnc_entries_phone unique (organization_id, phone)
);
create index dnc_entries_of_organization on dnc_entries (organization_id, id);

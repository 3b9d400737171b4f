-- A person, by phone number. Ids are UUIDs of version 7, so the primary key is also the order in which contacts came.
-- import_id: the import that wrote the row last; by it, a number that comes twice in one file is recognized without remembering the file.
create table contacts (
  organization_id uuid not null,
  id uuid not null,
  phone text not null,
  first_name text,
  last_name text,
  attributes jsonb not null default '{}',
  import_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  constraint contacts_phone unique (organization_id, phone)
) with (fillfactor = 85);

create table custom_attributes (
  id uuid primary key,
  organization_id uuid not null,
  slug text not null,
  display_name text not null,
  type text not null check (type in ('text', 'number', 'boolean', 'date')),
  created_at timestamptz not null,
  constraint custom_attributes_slug unique (organization_id, slug)
);

create table audiences (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index audiences_of_organization on audiences (organization_id, id);

-- Without foreign keys, whose checks cost as much as the rows: who adds a contact locks it and the audience, who deletes either
-- deletes its rows here in the same transaction.
create table audience_contacts (
  audience_id uuid not null,
  contact_id uuid not null,
  primary key (audience_id, contact_id)
);

create table contact_imports (
  id uuid primary key,
  organization_id uuid not null,
  audience_id uuid,
  status text not null check (status in ('running', 'completed', 'failed')),
  rows integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  duplicates integer not null default 0,
  rejected integer not null default 0,
  warned integer not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz,
  check (rows = created + updated + duplicates + rejected)
);

create table import_rejections (
  import_id uuid not null references contact_imports on delete cascade,
  line integer not null,
  reason text not null,
  value text not null,
  primary key (import_id, line)
);

create table import_warnings (
  import_id uuid not null references contact_imports on delete cascade,
  line integer not null,
  ordinal smallint not null,
  column_name text,
  reason text not null,
  value text not null,
  primary key (import_id, line, ordinal)
);

create table organizations (
  id uuid primary key,
  name text not null,
  country text not null,
  timezone text not null,
  -- The platform team's own organization: the only one with keys of the role platform_admin.
  is_platform boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index organizations_one_platform on organizations (is_platform) where is_platform;

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  name text not null,
  role text not null,
  key_prefix text not null,
  -- SHA-256. The key has 256 random bits: there is nothing to guess, so a slow hash would protect nothing.
  key_hash bytea not null,
  -- The key that the configuration names; it is replaced by changing the configuration.
  is_configured boolean not null default false,
  created_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create unique index api_keys_hash on api_keys (key_hash);
create index api_keys_organization on api_keys (organization_id, id);

-- A role and a schema for each service, for the database that runs it. Safe to run again.
--
-- The password of a service's role is taken from the setting carillon.password_<schema> where the session has set it, else it is
-- 'carillon': fit for a machine that nobody else reaches, such as docker-compose.yml's. In production the platform team's tooling
-- sets the passwords.
do $$
declare
  service text;
  role_name text;
  password text;
begin
  foreach service in array array['gateway', 'program_api', 'orchestrator', 'dialer_bridge', 'billing', 'reporting'] loop
    role_name := 'carillon_' || service;
    password := coalesce(nullif(current_setting('carillon.password_' || service, true), ''), 'carillon');

    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I', role_name);
    end if;
    execute format('alter role %I login password %L', role_name, password);
    execute format('alter role %I set search_path = %I', role_name, service);

    -- One who creates roles without being a superuser must be a member to make schemas for them.
    execute format('grant %I to current_user', role_name);
    execute format('create schema if not exists %I authorization %I', service, role_name);
    execute format('revoke all on schema %I from public', service);
  end loop;

  revoke create on schema public from public;
end
$$;

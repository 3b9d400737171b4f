-- Creates two roles and a schema for each service in the database that runs this file. It may run again: it changes passwords, and keeps everything
-- else.
--
-- The session sets:
--   carillon.schemas            the schemas, separated by commas; packages/contracts/src/services.ts lists them
--   carillon.password_<schema>  the password of the role carillon_<schema>; 'carillon' where it is not set
do $$
declare
  schemas text := nullif(current_setting('carillon.schemas', true), '');
  service_schema text;
  role_name text;
  request_role text;
  password text;
begin
  if schemas is null then
    raise exception 'The setting carillon.schemas is not set' using hint = 'deploy/README.md shows how to run this file';
  end if;

  foreach service_schema in array regexp_split_to_array(trim(schemas), '\s*,\s*') loop
    role_name := 'carillon_' || service_schema;
    password := coalesce(nullif(current_setting('carillon.password_' || service_schema, true), ''), 'carillon');

    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I', role_name);
    end if;
    execute format('alter role %I login password %L', role_name, password);
    execute format('alter role %I set search_path = %I', role_name, service_schema);

    -- A user who may create roles but is no superuser must be a member of a role to create a schema for it.
    execute format('grant %I to current_user', role_name);
    execute format('create schema if not exists %I authorization %I', service_schema, role_name);
    execute format('revoke all on schema %I from public', service_schema);

    -- The service takes this role for requests: it sees the rows of one organization alone.
    request_role := role_name || '_request';
    if not exists (select from pg_roles where rolname = request_role) then
      execute format('create role %I nologin', request_role);
    end if;
    execute format('grant %I to %I', request_role, role_name);
    execute format('grant usage on schema %I to %I', service_schema, request_role);
  end loop;

  revoke create on schema public from public;
end
$$;

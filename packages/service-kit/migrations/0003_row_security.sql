-- Requests act under a role of their own, `<role of the service>_request`. It sees and changes rows of one organization, which the setting
-- carillon.organization names; without the setting it sees none. Everything else acts under the role of the service, which owns the tables: their
-- policies do not bind it, and cost it nothing.
do $$
begin
  if not exists (select from pg_roles where rolname = session_user || '_request') then
    raise exception 'The role %_request does not exist', session_user using hint = 'Run deploy/postgres/roles.sql before the services start';
  end if;
end
$$;

create function request_organization() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('carillon.organization', true), '')::uuid
$$;

-- Lets requests use the rows of a table that fulfil the condition, with the privileges that the service has itself. A table for which this
-- was never called is closed to requests.
create function protect_rows(protected oid, condition text) returns void language plpgsql as $$
declare
  target regclass := protected::regclass;
  privilege text;
begin
  execute format('alter table %s enable row level security', target);
  execute format('drop policy if exists own_organization on %s', target);
  execute format('create policy own_organization on %s to %I using (%s)', target, session_user || '_request', condition);
  foreach privilege in array array['select', 'insert', 'update', 'delete'] loop
    if has_table_privilege(current_user, protected, privilege) then
      execute format('grant %s on %s to %I', privilege, target, session_user || '_request');
    end if;
  end loop;
end
$$;

-- A request writes messages, and reads none.
do $$
begin
  execute format('grant insert, select (id) on outbox to %I', session_user || '_request');
end
$$;

-- What every data database has once: the functions that tenant tables are walled with.
-- Runs as the owner. Nothing here holds a tenant's data.

CREATE SCHEMA wall;

-- The tenant of this transaction, or NULL. One expression in SQL-standard form: its names are bound when it is
-- created (no search_path can redirect them) and the planner can inline it. NULL compares to nothing: fails closed.
CREATE FUNCTION wall.tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('insula.tenant', true), '')::uuid;

-- Tables that stand behind the wall and what the tenant's role may do with them.
CREATE TABLE wall.protected (
    schema_name text NOT NULL,
    table_name  text NOT NULL,
    privileges  text NOT NULL,
    PRIMARY KEY (schema_name, table_name)
);

-- The highest fencing token that has changed a tenant's objects here.
CREATE TABLE wall.operation_fences (
    tenant_id uuid PRIMARY KEY,
    fence     bigint NOT NULL
);

-- Puts a table behind the wall: row security on and forced, one permissive policy and one restrictive guard (so
-- that a stray permissive policy leaks nothing), and the privileges of the tenant's role.
CREATE PROCEDURE wall.protect(target regclass, privileges text) LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule text := '(tenant_id = (SELECT wall.tenant()))';
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant_rows ON %s USING %s WITH CHECK %s', target, rule, rule);
    EXECUTE format('CREATE POLICY tenant_guard ON %s AS RESTRICTIVE USING %s WITH CHECK %s', target, rule, rule);
    IF privileges <> '' THEN
        EXECUTE format('GRANT %s ON %s TO %I', privileges, target, current_setting('insula.target_role'));
    END IF;
    INSERT INTO wall.protected (schema_name, table_name, privileges)
    SELECT n.nspname, c.relname, privileges
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target
    ON CONFLICT (schema_name, table_name) DO UPDATE SET privileges = excluded.privileges;
END $$;

-- Gives everything in a schema that `from_role` may do to `to_role` instead: how a database that was copied from
-- the template becomes one tenant's.
CREATE PROCEDURE wall.hand_over(target_schema text, from_role text, to_role text) LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT table_name, privileges FROM wall.protected
                 WHERE schema_name = target_schema AND privileges <> ''
                   AND to_regclass(format('%I.%I', schema_name, table_name)) IS NOT NULL LOOP
        EXECUTE format('GRANT %s ON %I.%I TO %I', item.privileges, target_schema, item.table_name, to_role);
    END LOOP;
    FOR item IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = target_schema AND has_function_privilege(from_role, p.oid, 'EXECUTE') LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', item.signature, to_role);
    END LOOP;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', target_schema, from_role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM %I', target_schema, from_role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', target_schema, from_role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', target_schema, to_role);
END $$;

-- First statement of every change that an operation makes to a tenant's objects. A worker that was taken over
-- carries a lower number than the one that took over and is refused; the row lock makes the two take turns.
CREATE FUNCTION wall.enter_operation(tenant uuid, token bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept bigint;
BEGIN
    INSERT INTO wall.operation_fences AS f (tenant_id, fence) VALUES (tenant, token)
        ON CONFLICT (tenant_id) DO UPDATE SET fence = greatest(f.fence, excluded.fence)
        RETURNING f.fence INTO kept;
    IF kept > token THEN
        RAISE EXCEPTION 'operation % was taken over', token USING ERRCODE = 'IN002';
    END IF;
END $$;

-- One field of a canonical encoding: its length in bytes, then the bytes.
CREATE FUNCTION wall.field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8');

REVOKE ALL ON SCHEMA wall FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wall FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA wall FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- The policies of every tenant role call it, and it only reads a setting: granted once, not once per tenant, so
-- that the access list does not grow with the tenants.
GRANT USAGE ON SCHEMA wall TO PUBLIC;
GRANT EXECUTE ON FUNCTION wall.tenant() TO PUBLIC;

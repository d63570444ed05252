-- The database's own check of the walls: a change of a schema that would leave a tenant table without its wall is
-- refused when its transaction commits (not earlier: a table is made first and walled then). Needs a superuser, and
-- belongs to one: neither the owner of the tables nor the application can switch it off. Runs at every install; tenants'
-- own databases get it with the template that they are copied from. Where there is no superuser the tests over the
-- catalogue say the same.

CREATE SCHEMA IF NOT EXISTS wall_check;
REVOKE ALL ON SCHEMA wall_check FROM PUBLIC;

-- What a transaction has changed: tables, views and functions by their oid; empty between transactions.
DROP TABLE IF EXISTS wall_check.touched CASCADE;
CREATE TABLE wall_check.touched (
    txid        xid8 NOT NULL,
    schema_name text NOT NULL,
    object      oid NOT NULL,
    PRIMARY KEY (txid, schema_name, object)
);

DROP FUNCTION IF EXISTS wall_check.tables(text), wall_check.functions(text);

-- Every one of these tables and views that is not behind the wall, one sentence for each reason. In PL/pgSQL, with one
-- plan for all calls of a session: making the plan takes longer than looking, and everything is looked up by its oid, so
-- that the check of one tenant's schema does not take longer the more there are.
CREATE OR REPLACE FUNCTION wall_check.tables(objects oid[]) RETURNS TABLE (schema_name text, sentence text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH own AS MATERIALIZED (
    SELECT c.oid, c.relname::text AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relacl,
           c.relowner, c.reloptions, c.relnamespace
      FROM pg_class c
     WHERE c.oid = ANY (objects) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND c.relnamespace <> coalesce(to_regnamespace('wall')::oid, 0)
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), tables AS (SELECT * FROM own WHERE relkind IN ('r', 'p')),
policies AS MATERIALIZED (
    SELECT t.oid, p.polname::text AS name, p.polpermissive,
           p.polcmd = '*' AND p.polroles = '{0}'
               AND pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = ( SELECT wall.tenant() AS tenant))'
               AND pg_get_expr(p.polwithcheck, p.polrelid) = '(tenant_id = ( SELECT wall.tenant() AS tenant))' AS good
      FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
), found (relnamespace, sentence) AS (
SELECT relnamespace, name || ' has row security off' FROM tables WHERE NOT relrowsecurity
UNION ALL
SELECT relnamespace, name || ' has row security off for its owner' FROM tables WHERE NOT relforcerowsecurity
UNION ALL
SELECT relnamespace, name || ' has no tenant_id that is a uuid and never null' FROM tables t WHERE NOT EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.atttypid = 'uuid'::regtype
       AND a.attnotnull AND NOT a.attisdropped)
UNION ALL
SELECT t.relnamespace, t.name || ' lacks the policy ' || wanted.name FROM tables t,
       (VALUES ('tenant_rows', true), ('tenant_guard', false)) AS wanted (name, permissive)
 WHERE NOT EXISTS (SELECT FROM policies p WHERE p.oid = t.oid AND p.name = wanted.name
                      AND p.polpermissive = wanted.permissive AND p.good)
UNION ALL
SELECT t.relnamespace, t.name || ' has a policy too many: ' || p.name FROM tables t JOIN policies p USING (oid)
 WHERE p.name NOT IN ('tenant_rows', 'tenant_guard')
UNION ALL
SELECT t.relnamespace, t.name || ' has a key that does not begin with the tenant: ' || i.indexrelid::regclass
  FROM tables t JOIN pg_index i ON i.indrelid = t.oid AND (i.indisunique OR i.indisexclusion)
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
 WHERE a.attname IS DISTINCT FROM 'tenant_id'
UNION ALL
SELECT t.relnamespace, t.name || ' has a foreign key that does not begin with the tenant: ' || k.conname
  FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
  LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  LEFT JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
 WHERE a.attname IS DISTINCT FROM 'tenant_id' OR b.attname IS DISTINCT FROM 'tenant_id'
UNION ALL
SELECT relnamespace, name || ' is a partition that somebody but its owner may touch' FROM tables t WHERE relispartition
   AND EXISTS (SELECT FROM aclexplode(t.relacl) x WHERE x.grantee <> t.relowner)
UNION ALL
SELECT relnamespace, name || ' is a view that reads with the rights of its owner' FROM own
 WHERE relkind = 'v' AND NOT coalesce(reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1}', false)
UNION ALL
SELECT relnamespace, name || ' is a kind of table that knows no row security' FROM own WHERE relkind IN ('m', 'f')
)
SELECT n.nspname::text, found.sentence FROM found JOIN pg_namespace n ON n.oid = found.relnamespace;
END $$;

-- Every one of these functions that is a way around the wall.
CREATE OR REPLACE FUNCTION wall_check.functions(objects oid[]) RETURNS TABLE (schema_name text, sentence text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH own AS (
    SELECT p.* FROM pg_proc p WHERE p.oid = ANY (objects)
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
), found (pronamespace, sentence) AS (
SELECT pronamespace, oid::regprocedure || ' reads a setting and claims to be IMMUTABLE or LEAKPROOF' FROM own
 WHERE CASE WHEN prokind IN ('f', 'p') AND (provolatile = 'i' OR proleakproof)
            THEN pg_get_functiondef(oid) ~* 'current_setting|wall\.tenant|session_user|current_user' ELSE false END
UNION ALL
SELECT pronamespace, oid::regprocedure || ' runs with its owner''s rights on a search path that is not fixed' FROM own
 WHERE prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c ~ '^search_path=.*pg_temp"?$')
)
SELECT n.nspname::text, found.sentence FROM found JOIN pg_namespace n ON n.oid = found.pronamespace;
END $$;

-- After each command: only notes what has changed, because a table is made first and walled then, by several commands.
CREATE OR REPLACE FUNCTION wall_check.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO wall_check.touched (txid, schema_name, object)
    SELECT DISTINCT pg_current_xact_id(), s.name, o.object FROM pg_event_trigger_ddl_commands() c,
    LATERAL (
        -- An index and a policy are their table's.
        SELECT coalesce((SELECT i.indrelid FROM pg_index i WHERE c.classid = 'pg_class'::regclass AND i.indexrelid = c.objid),
                        (SELECT p.polrelid FROM pg_policy p WHERE c.classid = 'pg_policy'::regclass AND p.oid = c.objid),
                        c.objid) AS object) o,
    LATERAL (
        SELECT coalesce(c.schema_name,
                        (SELECT t.relnamespace::regnamespace::text FROM pg_class t WHERE t.oid = o.object)) AS name) s
     WHERE c.classid IN ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass) AND s.name IS NOT NULL AND s.name !~ '^(pg_|information_schema$|book$|wall_check$)'
    ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION wall_check.note_dropped() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO wall_check.touched (txid, schema_name, object)
    SELECT DISTINCT pg_current_xact_id(), o.address_names[1], t.oid FROM pg_event_trigger_dropped_objects() o
      JOIN pg_class t ON t.oid = to_regclass(format('%I.%I', o.address_names[1], o.address_names[2]))
     WHERE o.object_type = 'policy' AND o.original
    ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION wall_check.at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    objects oid[];
    hole record;
BEGIN
    -- The first row that this is called for stands for all of the transaction: one look at everything.
    WITH gone AS (DELETE FROM wall_check.touched t WHERE t.txid = NEW.txid RETURNING t.object)
    SELECT array_agg(gone.object) INTO objects FROM gone;
    IF objects IS NULL THEN
        RETURN NULL;
    END IF;
    -- A partition is touched with what it is a partition of: attaching it is a change of that only.
    objects := objects || ARRAY (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = ANY (objects));
    FOR hole IN SELECT f.schema_name, string_agg(f.sentence, '; ') AS sentences
                  FROM (SELECT * FROM wall_check.functions(objects) UNION ALL SELECT * FROM wall_check.tables(objects)) f
                 GROUP BY f.schema_name ORDER BY f.schema_name LOOP
        RAISE EXCEPTION 'the walls of schema % would have a hole: %', hole.schema_name, hole.sentences
            USING ERRCODE = 'IN005';
    END LOOP;
    RETURN NULL;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wall_check FROM PUBLIC;

DROP TRIGGER IF EXISTS at_commit ON wall_check.touched;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON wall_check.touched DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wall_check.at_commit();
ALTER TABLE wall_check.touched ENABLE ALWAYS TRIGGER at_commit;

DROP EVENT TRIGGER IF EXISTS wall_check;
CREATE EVENT TRIGGER wall_check ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'ALTER VIEW',
                 'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW', 'CREATE FOREIGN TABLE', 'IMPORT FOREIGN SCHEMA',
                 'CREATE INDEX', 'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE PROCEDURE', 'ALTER PROCEDURE',
                 'CREATE POLICY', 'ALTER POLICY')
    EXECUTE FUNCTION wall_check.note();
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
DROP EVENT TRIGGER IF EXISTS wall_check_dropped;
CREATE EVENT TRIGGER wall_check_dropped ON sql_drop WHEN TAG IN ('DROP POLICY')
    EXECUTE FUNCTION wall_check.note_dropped();
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

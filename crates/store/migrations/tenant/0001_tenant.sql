-- Everything that is a tenant's own. Runs once per target (the pooled schema, a tenant's schema, a tenant's
-- database) with search_path on the target, as the owner. Every table has `tenant_id`, every key begins with it,
-- and every table is put behind the wall in the same migration.

DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), current_setting('insula.target_role'));
END $$;

-- Whether this is the place where the tenant lives. Written by operations only.
CREATE TABLE tenancy (
    tenant_id uuid PRIMARY KEY,
    epoch     bigint NOT NULL,
    open      boolean NOT NULL
);
CALL wall.protect('tenancy', 'SELECT');

CREATE TABLE settings (
    tenant_id  uuid PRIMARY KEY,
    name       text NOT NULL,
    time_zone  text NOT NULL,
    locale     text NOT NULL,
    week_start text NOT NULL CHECK (week_start IN ('monday', 'sunday', 'saturday')),
    branding   jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The last number that was given to a dataset; no number is given twice.
    dataset_numbers integer NOT NULL DEFAULT 0
);
CALL wall.protect('settings', 'SELECT, INSERT, UPDATE');

CREATE TABLE brand_images (
    tenant_id  uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('logo', 'favicon')),
    media_type text NOT NULL,
    content    bytea NOT NULL CHECK (octet_length(content) <= 262144),
    version    bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);
CALL wall.protect('brand_images', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE members (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    identity_id  uuid NOT NULL,
    email        text NOT NULL,
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin', 'owner')),
    joined_at    timestamptz NOT NULL,
    last_seen_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT members_identity UNIQUE (tenant_id, identity_id),
    CONSTRAINT members_email UNIQUE (tenant_id, email)
);
CALL wall.protect('members', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE invitations (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    email      text NOT NULL,
    role       text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin', 'owner')),
    token_hash bytea NOT NULL,
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_email UNIQUE (tenant_id, email),
    CONSTRAINT invitations_token UNIQUE (tenant_id, token_hash)
);
CALL wall.protect('invitations', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE api_keys (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    name         text NOT NULL,
    secret_hash  bytea NOT NULL,
    scopes       text[] NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL wall.protect('api_keys', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE datasets (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    number       integer NOT NULL,
    name         text NOT NULL,
    definition   jsonb NOT NULL,
    sample       boolean NOT NULL DEFAULT false,
    version      bigint NOT NULL DEFAULT 1,
    -- Rises with each accepted batch: what a cached answer was made from.
    data_version bigint NOT NULL DEFAULT 0,
    events       bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT datasets_name UNIQUE (tenant_id, name),
    CONSTRAINT datasets_number UNIQUE (tenant_id, number)
);
CALL wall.protect('datasets', 'SELECT, INSERT, UPDATE, DELETE');

-- Measured facts. The dataset's definition says what the slots mean. Dimensions are typed columns because
-- conditions on jsonb are not leakproof, so that row security would keep them away from indexes.
CREATE TABLE events (
    tenant_id   uuid NOT NULL,
    dataset     integer NOT NULL,
    at          timestamptz NOT NULL,
    id          uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    m1 float8, m2 float8, m3 float8, m4 float8, m5 float8, m6 float8, m7 float8, m8 float8,
    d1 text, d2 text, d3 text, d4 text, d5 text, d6 text, d7 text, d8 text, d9 text, d10 text, d11 text, d12 text,
    PRIMARY KEY (tenant_id, id)
    -- No foreign key to datasets: checking it for each row costs more than the row. The transaction that inserts
    -- also raises the dataset's data_version and fails if there is none; numbers are never used again.
);
-- Covering: a tenant's rows lie scattered among everybody's, in the order in which they came in, and reading them
-- from the table costs a page for each. Index rows lie together. What one event's dimensions may hold together
-- (model, EventInput::check) keeps an index row within PostgreSQL's limit.
CREATE INDEX events_at ON events (tenant_id, dataset, at)
    INCLUDE (m1, m2, m3, m4, m5, m6, m7, m8, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12);
-- Reading from the index alone needs the visibility map, which vacuum keeps: also where rows are only ever added.
ALTER TABLE events SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_insert_threshold = 10000,
                        autovacuum_vacuum_scale_factor = 0.02);
CALL wall.protect('events', 'SELECT, INSERT, DELETE');

CREATE TABLE dashboards (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    name        text NOT NULL,
    description text,
    is_default  boolean NOT NULL DEFAULT false,
    sample      boolean NOT NULL DEFAULT false,
    config      jsonb NOT NULL,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX dashboards_default ON dashboards (tenant_id) WHERE is_default;
CALL wall.protect('dashboards', 'SELECT, INSERT, UPDATE, DELETE');

-- Replies to requests that carried an Idempotency-Key, written in the transaction of their effect.
CREATE TABLE idempotency (
    tenant_id   uuid NOT NULL,
    actor       text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    reply       text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, actor, key)
);
CALL wall.protect('idempotency', 'SELECT, INSERT, UPDATE, DELETE');

-- What a transaction of the tenant causes elsewhere; carried over to the jobs afterwards.
CREATE TABLE outbox (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    kind       text NOT NULL,
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
-- UPDATE only because row locks need it.
CALL wall.protect('outbox', 'SELECT, INSERT, UPDATE, DELETE');

-- The audit log: append only by grant (the application cannot INSERT, UPDATE or DELETE), and a chain of hashes.
CREATE TABLE audit (
    tenant_id  uuid NOT NULL,
    seq        bigint NOT NULL,
    at         timestamptz NOT NULL,
    action     text NOT NULL,
    actor_kind text NOT NULL,
    actor_id   text NOT NULL,
    actor_name text NOT NULL,
    reason     text NOT NULL,
    subject    text NOT NULL,
    request_id text NOT NULL,
    detail     text NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CALL wall.protect('audit', 'SELECT');

CREATE TABLE audit_heads (
    tenant_id uuid PRIMARY KEY,
    seq       bigint NOT NULL,
    hash      bytea NOT NULL
);
CALL wall.protect('audit_heads', 'SELECT');

-- The only way into the audit log. Tenant, time, number and hash are set here, not by the caller. The head's row
-- is locked until the end of the transaction, so that a tenant's chain has no forks and no gaps.
CREATE FUNCTION audit_append(action text, actor_kind text, actor_id text, actor_name text, reason text,
                             subject text, request_id text, detail text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    me   uuid := wall.tenant();
    head audit_heads;
    now  timestamptz;
    digest bytea;
BEGIN
    IF me IS NULL THEN
        RAISE EXCEPTION 'no tenant' USING ERRCODE = 'IN003';
    END IF;
    SELECT * INTO head FROM audit_heads WHERE tenant_id = me FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_heads VALUES (me, 0, sha256('insula.audit.1'::bytea || uuid_send(me)))
            ON CONFLICT (tenant_id) DO NOTHING;
        SELECT * INTO STRICT head FROM audit_heads WHERE tenant_id = me FOR UPDATE;
    END IF;
    now := clock_timestamp();
    digest := sha256(head.hash || wall.field((head.seq + 1)::text)
        || wall.field((extract(epoch FROM now) * 1000000)::bigint::text)
        || wall.field(action) || wall.field(actor_kind) || wall.field(actor_id) || wall.field(actor_name)
        || wall.field(reason) || wall.field(subject) || wall.field(request_id) || wall.field(detail));
    INSERT INTO audit VALUES (me, head.seq + 1, now, action, actor_kind, actor_id, actor_name, reason, subject,
                              request_id, detail, digest);
    UPDATE audit_heads SET seq = head.seq + 1, hash = digest WHERE tenant_id = me;
    RETURN head.seq + 1;
END $$;

-- First statement of every writing transaction: refuses to write where the tenant no longer lives. The shared
-- advisory lock makes a move wait for writers under way, and later writers see the raised epoch.
CREATE FUNCTION enter_write(expected bigint, even_if_closed boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    here tenancy;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(wall.tenant()::text, 0));
    SELECT * INTO here FROM tenancy WHERE tenant_id = wall.tenant();
    IF here.epoch IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'the tenant does not live here in epoch %', expected USING ERRCODE = 'IN001';
    END IF;
    IF NOT (here.open OR even_if_closed) THEN
        RAISE EXCEPTION 'the tenant is closed' USING ERRCODE = 'IN004';
    END IF;
END $$;

DO $$
DECLARE
    signature regprocedure;
BEGIN
    FOR signature IN SELECT p.oid::regprocedure FROM pg_proc p
                      WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', signature, current_setting('insula.target_role'));
    END LOOP;
END $$;

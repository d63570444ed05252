-- The control plane: the catalogue of tenants and everything about them that is not their data. Runs as the
-- owner; the `control` role has exactly the grants at the end.

CREATE TABLE installation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id         uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Keys that all nodes share (cursor sealing and the like).
    secrets    jsonb NOT NULL
);

CREATE TABLE cells (
    name            text PRIMARY KEY,
    region          text NOT NULL,
    -- Host, port and socket of the server; the roles' passwords are in `secrets`, never printed.
    address         jsonb NOT NULL,
    secrets         jsonb NOT NULL,
    shared_database text NOT NULL,
    template_database text NOT NULL,
    database_prefix text NOT NULL,
    schema_limit    integer NOT NULL DEFAULT 5000,
    database_limit  integer NOT NULL DEFAULT 1000,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'full', 'drained')),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE tenants (
    id         uuid PRIMARY KEY,
    slug       text NOT NULL,
    name       text NOT NULL,
    status     text NOT NULL CHECK (status IN ('provisioning', 'active', 'suspended', 'deleted', 'erasing')),
    plan       text NOT NULL CHECK (plan IN ('free', 'growth', 'enterprise')),
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    status_at  timestamptz NOT NULL,
    purge_at   timestamptz,
    -- The status to return to when a deleted tenant is brought back.
    before_deletion text,
    CONSTRAINT tenants_slug UNIQUE (slug)
);
CREATE INDEX tenants_created ON tenants (created_at, id);
CREATE INDEX tenants_name ON tenants (lower(name), id);
CREATE INDEX tenants_status ON tenants (status, created_at, id);

-- Names of tenants that are gone, kept so that old links and cookies never lead to somebody else.
CREATE TABLE slug_holds (
    slug       text PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    free_at    timestamptz NOT NULL
);

CREATE TABLE placements (
    tenant_id     uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    cell          text NOT NULL REFERENCES cells (name),
    tier          text NOT NULL CHECK (tier IN ('pooled', 'schema', 'database')),
    database_name text NOT NULL,
    schema_name   text NOT NULL,
    role_name     text NOT NULL,
    epoch         bigint NOT NULL DEFAULT 1
);
CREATE INDEX placements_cell ON placements (cell, tier);

CREATE TABLE domains (
    host        text PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('subdomain')),
    certificate text NOT NULL CHECK (certificate IN ('not_needed', 'wildcard')),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX domains_tenant ON domains (tenant_id);

-- Who can sign in to tenants: credentials only. What somebody is in a tenant is the tenant's own data.
CREATE TABLE identities (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    password_hash text,
    created_at    timestamptz NOT NULL,
    -- Raised when the password changes: older sessions end.
    generation    bigint NOT NULL DEFAULT 1,
    CONSTRAINT identities_email UNIQUE (email)
);

CREATE TABLE identity_tenants (
    identity_id uuid NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    PRIMARY KEY (identity_id, tenant_id)
);
CREATE INDEX identity_tenants_tenant ON identity_tenants (tenant_id);

CREATE TABLE sessions (
    token_hash  bytea PRIMARY KEY,
    id          uuid NOT NULL,
    identity_id uuid NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    generation  bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX sessions_identity ON sessions (identity_id, tenant_id);
CREATE INDEX sessions_tenant ON sessions (tenant_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE operators (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('support', 'admin')),
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT operators_email UNIQUE (email)
);

-- Browser sessions and CLI tokens of operators.
CREATE TABLE operator_sessions (
    token_hash  bytea PRIMARY KEY,
    id          uuid NOT NULL,
    operator_id uuid NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('browser', 'token')),
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- Failed sign-ins per e-mail and per address, in one-minute windows.
CREATE TABLE sign_in_attempts (
    subject   text NOT NULL,
    minute    bigint NOT NULL,
    failures  integer NOT NULL,
    PRIMARY KEY (subject, minute)
);

CREATE SEQUENCE fences;

CREATE TABLE operations (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    tenant_id       uuid,
    tenant_slug     text,
    input           jsonb NOT NULL,
    state           jsonb NOT NULL,
    status          text NOT NULL CHECK (status IN ('queued', 'running', 'unwinding', 'succeeded', 'failed', 'cancelled', 'stuck')),
    -- The step that is next: to do while running, to undo while unwinding.
    step            integer NOT NULL DEFAULT 0,
    attempt         integer NOT NULL DEFAULT 0,
    run_at          timestamptz NOT NULL,
    fence           bigint NOT NULL DEFAULT 0,
    lease_until     timestamptz,
    worker          text,
    cancel_asked    boolean NOT NULL DEFAULT false,
    past_pivot      boolean NOT NULL DEFAULT false,
    actor           jsonb NOT NULL,
    idempotency_key text,
    fingerprint     bytea,
    error           jsonb,
    result          jsonb,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz
);
CREATE UNIQUE INDEX operations_one_per_tenant ON operations (tenant_id)
    WHERE status IN ('queued', 'running', 'unwinding', 'stuck') AND tenant_id IS NOT NULL;
CREATE UNIQUE INDEX operations_idempotency ON operations ((actor ->> 'id'), idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX operations_due ON operations (run_at) WHERE status IN ('queued', 'running', 'unwinding');
CREATE INDEX operations_recent ON operations (created_at DESC, id DESC);
CREATE INDEX operations_tenant ON operations (tenant_id, created_at DESC);

CREATE TABLE operation_steps (
    operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    step         integer NOT NULL,
    status       text NOT NULL CHECK (status IN ('running', 'done', 'undone', 'failed')),
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    message      text,
    PRIMARY KEY (operation_id, step)
);

CREATE TABLE jobs (
    id          uuid PRIMARY KEY,
    tenant_id   uuid,
    kind        text NOT NULL,
    payload     jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempt     integer NOT NULL DEFAULT 0,
    run_at      timestamptz NOT NULL,
    fence       bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    error       text,
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX jobs_due ON jobs (tenant_id, run_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE state IN ('done', 'failed');

-- When each tenant was last given a turn: the order of fair dequeuing. The nil id stands for the platform.
CREATE TABLE job_turns (
    tenant_id uuid PRIMARY KEY,
    turn      bigint NOT NULL
);
CREATE SEQUENCE job_turn;

-- Tenants whose outbox may have something to carry over. Written before the tenant's transaction commits.
CREATE TABLE outbox_hints (
    tenant_id  uuid PRIMARY KEY,
    hinted_at  timestamptz NOT NULL
);

CREATE TABLE mails (
    id         uuid PRIMARY KEY,
    tenant_id  uuid,
    recipient  text NOT NULL,
    subject    text NOT NULL,
    body       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('kept', 'queued', 'sent', 'failed')),
    created_at timestamptz NOT NULL,
    sent_at    timestamptz
);
CREATE INDEX mails_recent ON mails (created_at DESC, id DESC);

-- Heads of the tenants' audit chains, kept apart from the chains: cutting off a tail or rewriting all of it shows.
CREATE TABLE audit_anchors (
    tenant_id uuid NOT NULL,
    seq       bigint NOT NULL,
    hash      bytea NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- What operators did, chained like the tenants' logs.
CREATE TABLE control_audit (
    seq        bigint PRIMARY KEY,
    at         timestamptz NOT NULL,
    action     text NOT NULL,
    actor_kind text NOT NULL,
    actor_id   text NOT NULL,
    actor_name text NOT NULL,
    subject    text NOT NULL,
    request_id text NOT NULL,
    detail     text NOT NULL,
    hash       bytea NOT NULL
);
CREATE TABLE control_audit_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq      bigint NOT NULL,
    hash     bytea NOT NULL
);
INSERT INTO control_audit_head (seq, hash) VALUES (0, sha256('insula.control.1'::bytea));

CREATE FUNCTION audit_field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
    RETURN int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8');

CREATE FUNCTION control_audit_append(action text, actor_kind text, actor_id text, actor_name text, subject text,
                                     request_id text, detail text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    head control_audit_head;
    now  timestamptz;
    digest bytea;
BEGIN
    SELECT * INTO STRICT head FROM control_audit_head FOR UPDATE;
    now := clock_timestamp();
    digest := sha256(head.hash || audit_field((head.seq + 1)::text)
        || audit_field((extract(epoch FROM now) * 1000000)::bigint::text)
        || audit_field(action) || audit_field(actor_kind) || audit_field(actor_id) || audit_field(actor_name)
        || audit_field(subject) || audit_field(request_id) || audit_field(detail));
    INSERT INTO control_audit VALUES (head.seq + 1, now, action, actor_kind, actor_id, actor_name, subject,
                                      request_id, detail, digest);
    UPDATE control_audit_head SET seq = head.seq + 1, hash = digest;
    RETURN head.seq + 1;
END $$;

-- A change that nodes cache wakes them up. The payload is a hint only: they read the row again.
CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    line jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    PERFORM pg_notify('insula', TG_ARGV[0] || ' ' || (line ->> TG_ARGV[1]));
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION announce('tenant', 'id');
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON placements
    FOR EACH ROW EXECUTE FUNCTION announce('tenant', 'tenant_id');
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON domains
    FOR EACH ROW EXECUTE FUNCTION announce('tenant', 'tenant_id');
CREATE TRIGGER announce AFTER DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION announce('session', 'id');
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON operations
    FOR EACH ROW EXECUTE FUNCTION announce('operation', 'id');
CREATE FUNCTION announce_jobs() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('insula', 'jobs');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON jobs FOR EACH STATEMENT EXECUTE FUNCTION announce_jobs();

DO $$
DECLARE
    control text := current_setting('insula.target_role');
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA control TO %I', control);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA control TO %I', control);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON control_audit, control_audit_head FROM %I', control);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA control TO %I', control);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA control FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION control_audit_append(text, text, text, text, text, text, text) TO %I', control);
END $$;

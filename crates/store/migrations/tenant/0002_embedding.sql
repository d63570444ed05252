-- Dashboards in other products' pages: who may frame them, the keys that tokens are signed with, what was revoked, the
-- public links, and how much all of that is used.

-- One row once somebody has said who may frame; before that nobody may.
CREATE TABLE embedding (
    tenant_id  uuid PRIMARY KEY,
    origins    text[] NOT NULL,
    version    bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CALL wall.protect('embedding', 'SELECT, INSERT, UPDATE');

-- One key signs; those that it replaced verify until the last token that they signed has ended.
CREATE TABLE embed_keys (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    public_key     bytea NOT NULL,
    -- Sealed with a key that comes from the installation's secret; bound to tenant and id.
    private_key    bytea NOT NULL,
    signing        boolean NOT NULL,
    created_at     timestamptz NOT NULL,
    verifies_until timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX embed_keys_signing ON embed_keys (tenant_id) WHERE signing;
CALL wall.protect('embed_keys', 'SELECT, INSERT, UPDATE, DELETE');

-- Tokens that were minted until a moment and match are refused. Kept until none of them could still be valid.
CREATE TABLE embed_revocations (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('token', 'viewer', 'api_key', 'dashboard', 'all')),
    subject      text NOT NULL,
    minted_until timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX embed_revocations_subject ON embed_revocations (tenant_id, kind, subject);
CALL wall.protect('embed_revocations', 'SELECT, INSERT, DELETE');

CREATE TABLE public_links (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    dashboard_id uuid NOT NULL,
    name         text NOT NULL,
    secret_hash  bytea NOT NULL,
    filters      jsonb NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL wall.protect('public_links', 'SELECT, INSERT, DELETE');

-- No foreign key to dashboards: what was used stays counted when the dashboard is gone.
CREATE TABLE embed_usage (
    tenant_id    uuid NOT NULL,
    day          date NOT NULL,
    dashboard_id uuid NOT NULL,
    loads        bigint NOT NULL,
    query_ms     bigint NOT NULL,
    refused      bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, dashboard_id)
);
CALL wall.protect('embed_usage', 'SELECT, INSERT, UPDATE');

-- Different viewers of a day and a dashboard: hashes that are different in every tenant.
CREATE TABLE embed_viewers (
    tenant_id    uuid NOT NULL,
    day          date NOT NULL,
    dashboard_id uuid NOT NULL,
    viewer       bytea NOT NULL,
    PRIMARY KEY (tenant_id, day, dashboard_id, viewer)
);
CALL wall.protect('embed_viewers', 'SELECT, INSERT, DELETE');

-- What the platform watches over by itself, and what it found that needs a person.

-- What needs a person. It stays until what it says is no longer so.
CREATE TABLE alarms (
    kind      text NOT NULL CHECK (kind IN ('audit', 'schema', 'orphan')),
    -- A tenant's id, or what the thing is called in its cell.
    subject   text NOT NULL,
    tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    detail    text NOT NULL,
    raised_at timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX alarms_tenant ON alarms (tenant_id);

-- When somebody last followed a tenant's audit chain from its anchor to its head: the order of the patrol.
CREATE TABLE audit_patrols (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    looked_at timestamptz NOT NULL
);

-- The migration that a tenant's own schema or database is at, as far as anybody has looked.
CREATE TABLE place_versions (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    version   integer NOT NULL,
    -- How often bringing it further has failed since it last succeeded, and when it is tried again.
    failures  integer NOT NULL DEFAULT 0,
    retry_at  timestamptz
);

-- Schemas, databases and roles in a cell that look like a tenant's and are nobody's.
CREATE TABLE orphans (
    cell           text NOT NULL REFERENCES cells (name) ON DELETE CASCADE,
    kind           text NOT NULL CHECK (kind IN ('schema', 'database', 'role')),
    name           text NOT NULL,
    seen_at        timestamptz NOT NULL,
    -- Since when the application can no longer reach it.
    quarantined_at timestamptz,
    PRIMARY KEY (cell, kind, name)
);

DO $$
DECLARE
    control text := current_setting('insula.target_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON alarms, audit_patrols, place_versions, orphans TO %I', control);
    -- A head that was kept is never another one.
    EXECUTE format('REVOKE UPDATE ON audit_anchors FROM %I', control);
END $$;

-- Dashboards that the operator publishes. Tenants read them from here, by reference: publishing writes here only, however
-- many tenants see it. What a tenant changes of one is in the tenant's place.

CREATE TABLE templates (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    description  text,
    config       jsonb NOT NULL,
    -- {"to": "all"}, {"to": "plan", "plan": …} or {"to": "tenants", "tenants": [id, …]}.
    target       jsonb NOT NULL,
    version      bigint NOT NULL DEFAULT 1,
    published_at timestamptz NOT NULL,
    -- It stays for tenants that changed it: what they have must not be lost.
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX templates_name ON templates (name) WHERE withdrawn_at IS NULL;

-- What was published when, by whom.
CREATE TABLE template_versions (
    template_id  uuid NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    version      bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    config       jsonb NOT NULL,
    target       jsonb NOT NULL,
    author       text NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (template_id, version)
);

-- Tenants that may have changes of a template. Written before they are made: one too many costs a look.
CREATE TABLE template_changes (
    template_id uuid NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    PRIMARY KEY (template_id, tenant_id)
);
CREATE INDEX template_changes_tenant ON template_changes (tenant_id);

-- Rises with every change of the templates: by one look at it a node knows whether it has them all.
CREATE TABLE template_catalogue (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);
INSERT INTO template_catalogue (version) VALUES (0);

CREATE FUNCTION announce_template() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE template_catalogue SET version = version + 1;
    PERFORM pg_notify('insula', 'templates');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON templates
    FOR EACH STATEMENT EXECUTE FUNCTION announce_template();

DO $$
DECLARE
    control text := current_setting('insula.target_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON templates, template_catalogue TO %I', control);
    EXECUTE format('GRANT SELECT, INSERT ON template_versions TO %I', control);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON template_changes TO %I', control);
    EXECUTE 'REVOKE ALL ON FUNCTION announce_template() FROM PUBLIC';
END $$;

-- What dashboards were before, and what a workspace changed of those that the operator publishes.

-- Each change keeps what was saved. No foreign key: whoever deletes a dashboard holds its row and takes these with it.
CREATE TABLE dashboard_versions (
    tenant_id    uuid NOT NULL,
    dashboard_id uuid NOT NULL,
    version      bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    config       jsonb NOT NULL,
    note         text,
    -- None for what was there before versions were kept.
    author       text,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, dashboard_id, version)
);
CALL wall.protect('dashboard_versions', 'SELECT, INSERT, DELETE');

-- A row with these is no dashboard of its own but a workspace's changes to a template, which has the same id: `config` is
-- what the workspace wants, `template_base` what the template was (name, description, configuration) in the version that
-- these changes were made on.
ALTER TABLE dashboards ADD COLUMN template_version bigint, ADD COLUMN template_base jsonb;
ALTER TABLE dashboards ADD CONSTRAINT dashboards_template CHECK ((template_version IS NULL) = (template_base IS NULL));

-- What dashboards were before. Each change keeps what was saved. No foreign key: whoever deletes a dashboard holds its row and takes these with it.
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

-- Which dashboards a member has marked: they come first, for that member alone. No foreign keys: a template that the operator
-- publishes is a dashboard without a row; whoever deletes a dashboard or a member takes these with it.
CREATE TABLE favourites (
    tenant_id    uuid NOT NULL,
    member_id    uuid NOT NULL,
    dashboard_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, member_id, dashboard_id)
);
CALL wall.protect('favourites', 'SELECT, INSERT, DELETE');

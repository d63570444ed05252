-- guard: the audit log is added to and never changed
-- red: insula-testkit: audit::nobody_writes_but_the_function::pooled walls::every_wall_holds::pooled
-- in: shared
GRANT INSERT, UPDATE, DELETE ON tenant.audit, tenant.audit_heads TO insula_tenant;

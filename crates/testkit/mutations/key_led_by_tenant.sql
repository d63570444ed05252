-- guard: every key begins with the tenant
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
CREATE UNIQUE INDEX invitations_email_everywhere ON tenant.invitations (email);
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

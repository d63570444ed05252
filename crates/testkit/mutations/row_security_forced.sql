-- guard: row security holds for the owner of the tables too
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled scope::the_owner_is_walled_too::pooled scope::the_owner_is_walled_too::database
-- in: shared template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER TABLE tenant.members NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant.events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant.settings NO FORCE ROW LEVEL SECURITY;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

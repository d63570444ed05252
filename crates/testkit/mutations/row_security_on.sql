-- guard: row security is on for every tenant table
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled catalogue::the_catalogue_has_no_hole::database walls::every_wall_holds::pooled
-- in: shared template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER TABLE tenant.events DISABLE ROW LEVEL SECURITY;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

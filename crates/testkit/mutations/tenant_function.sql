-- guard: what reads the tenant is never taken for a constant
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::schema scope::a_plan_that_was_made_for_another_tenant_is_safe::pooled
-- in: shared template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER FUNCTION wall.tenant() IMMUTABLE;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

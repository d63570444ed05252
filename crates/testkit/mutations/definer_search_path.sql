-- guard: functions with the owner's rights look at the real tables
-- red: insula-testkit: scope::definer_functions_look_at_the_real_tables::pooled catalogue::the_catalogue_has_no_hole::pooled
-- in: shared
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER FUNCTION tenant.audit_append(text, text, text, text, text, text, text, text) RESET search_path;
ALTER FUNCTION tenant.enter_write(bigint, boolean) RESET search_path;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

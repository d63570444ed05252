-- guard: a table that is new is behind the wall
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
CREATE TABLE tenant.notes (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id));
ALTER TABLE tenant.notes OWNER TO insula_owner;
GRANT SELECT, INSERT ON tenant.notes TO insula_tenant;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

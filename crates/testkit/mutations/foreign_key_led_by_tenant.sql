-- guard: every foreign key begins with the tenant
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::database walls::every_wall_holds::database
-- in: template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
ALTER TABLE tenant.members ADD CONSTRAINT alone UNIQUE (id);
ALTER TABLE tenant.brand_images ADD COLUMN member_id uuid REFERENCES tenant.members (id);
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

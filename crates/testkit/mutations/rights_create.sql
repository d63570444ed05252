-- guard: nobody may make tables in a tenant's schema
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
GRANT CREATE ON SCHEMA tenant TO insula_tenant;

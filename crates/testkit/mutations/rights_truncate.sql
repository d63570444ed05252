-- guard: nobody may empty a table, which asks no policy
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
GRANT TRUNCATE ON tenant.events TO insula_tenant;

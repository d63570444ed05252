-- guard: the role of a scope does not pass row security by
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
ALTER ROLE insula_tenant BYPASSRLS;

-- guard: the login role is no member of the owner
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled walls::every_wall_holds::pooled
-- in: shared
GRANT insula_owner TO insula_app;

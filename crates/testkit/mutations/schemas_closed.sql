-- guard: a schema is its tenant's alone
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::schema walls::every_wall_holds::schema
-- in: shared
ALTER DEFAULT PRIVILEGES FOR ROLE insula_owner GRANT USAGE ON SCHEMAS TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE insula_owner GRANT SELECT ON TABLES TO PUBLIC;

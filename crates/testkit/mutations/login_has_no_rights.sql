-- guard: the login role has no rights outside of a scope
-- red: insula-testkit: scope::outside_of_a_scope_statements_are_refused::pooled catalogue::the_catalogue_has_no_hole::pooled
-- in: shared
GRANT USAGE ON SCHEMA tenant TO insula_app;
GRANT SELECT ON ALL TABLES IN SCHEMA tenant TO insula_app;

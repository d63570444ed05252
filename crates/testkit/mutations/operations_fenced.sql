-- guard: a worker that was taken over changes nothing in a data database
-- red: insula-testkit: scope::an_operation_that_was_taken_over_changes_nothing::pooled scope::an_operation_that_was_taken_over_changes_nothing::schema
-- in: shared template
CREATE OR REPLACE FUNCTION wall.enter_operation(tenant uuid, token bigint) RETURNS void LANGUAGE sql
    SET search_path = pg_catalog, pg_temp AS 'SELECT';

-- guard: the database refuses writes to a closed tenant
-- red: insula-testkit: scope::writes_are_refused_where_the_tenant_no_longer_lives::pooled directory::a_suspended_tenant_is_refused_everywhere_within_a_second::pooled
-- in: shared
CREATE OR REPLACE FUNCTION tenant.enter_write(expected bigint, even_if_closed boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = tenant, pg_temp AS $$
DECLARE
    here tenancy;
BEGIN
    SELECT * INTO here FROM tenancy WHERE tenant_id = wall.tenant();
    IF here.epoch IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'the tenant does not live here in epoch %', expected USING ERRCODE = 'IN001';
    END IF;
END $$;

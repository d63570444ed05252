-- guard: a node with an old placement cannot write
-- red: insula-testkit: scope::writes_are_refused_where_the_tenant_no_longer_lives::pooled scope::writes_are_refused_where_the_tenant_no_longer_lives::database
-- in: shared template
CREATE OR REPLACE FUNCTION tenant.enter_write(expected bigint, even_if_closed boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = tenant, pg_temp AS $$
DECLARE
    here tenancy;
BEGIN
    SELECT * INTO here FROM tenancy WHERE tenant_id = wall.tenant();
    IF NOT (here.open OR even_if_closed) THEN
        RAISE EXCEPTION 'the tenant is closed' USING ERRCODE = 'IN004';
    END IF;
END $$;

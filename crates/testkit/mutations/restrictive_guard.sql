-- guard: a stray policy that lets everything through leaks nothing
-- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled scope::a_stray_policy_leaks_nothing::pooled scope::a_stray_policy_leaks_nothing::database
-- in: shared template
ALTER EVENT TRIGGER wall_check DISABLE;
ALTER EVENT TRIGGER wall_check_dropped DISABLE;
DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('DROP POLICY tenant_guard ON tenant.%I', t.relname);
    END LOOP;
END $$;
ALTER EVENT TRIGGER wall_check ENABLE ALWAYS;
ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;

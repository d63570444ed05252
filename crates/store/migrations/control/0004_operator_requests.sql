-- Requests of operators that carried an Idempotency-Key and took effect, where no operation keeps it.
CREATE TABLE operator_requests (
    actor       text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX operator_requests_age ON operator_requests (created_at);

DO $$ BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON operator_requests TO %I', current_setting('insula.target_role'));
END $$;

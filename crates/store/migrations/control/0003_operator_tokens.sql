-- Tokens that operators make for themselves: they have a name, can be revoked by their id, and the same request sent
-- again makes no second one.
ALTER TABLE operator_sessions
    ADD COLUMN name            text,
    ADD COLUMN idempotency_key text,
    ADD COLUMN fingerprint     bytea,
    ADD CONSTRAINT operator_sessions_id UNIQUE (id),
    ADD CONSTRAINT operator_sessions_request UNIQUE (operator_id, idempotency_key);
UPDATE operator_sessions SET name = 'insula up' WHERE kind = 'token';

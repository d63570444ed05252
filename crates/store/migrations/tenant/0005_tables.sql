-- Tables that a tenant keeps beside its events, for dimensions to be looked up in. See docs/adr/0012-lookups.md.

ALTER TABLE settings ADD COLUMN table_numbers integer NOT NULL DEFAULT 0;

CREATE TABLE tables (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    number     integer NOT NULL,
    name       text NOT NULL,
    definition jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    rows       bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT tables_name UNIQUE (tenant_id, name),
    CONSTRAINT tables_number UNIQUE (tenant_id, number)
);
CALL wall.protect('tables', 'SELECT, INSERT, UPDATE, DELETE');

-- The table's definition says what the slots mean. No foreign key: whoever writes rows holds the catalogue, and so does whoever
-- deletes a table; numbers are never used again.
CREATE TABLE table_rows (
    tenant_id uuid NOT NULL,
    number    integer NOT NULL,
    key       text NOT NULL,
    a1 text, a2 text, a3 text, a4 text, a5 text, a6 text, a7 text, a8 text, a9 text, a10 text, a11 text, a12 text,
    PRIMARY KEY (tenant_id, number, key)
);
CALL wall.protect('table_rows', 'SELECT, INSERT, UPDATE, DELETE');

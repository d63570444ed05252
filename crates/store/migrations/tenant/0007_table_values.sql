-- Numbers and times in the rows of tables, so that these can be the rows of a dataset. See docs/adr/0013-table-datasets.md.

ALTER TABLE table_rows
    ADD COLUMN at timestamptz,
    ADD COLUMN m1 float8, ADD COLUMN m2 float8, ADD COLUMN m3 float8, ADD COLUMN m4 float8,
    ADD COLUMN m5 float8, ADD COLUMN m6 float8, ADD COLUMN m7 float8, ADD COLUMN m8 float8;

-- Covering, as that of the events is, and for the same reasons. Rows of tables without a column of times are not in it: who only
-- looks something up does not pay for it.
CREATE INDEX table_rows_at ON table_rows (tenant_id, number, at)
    INCLUDE (m1, m2, m3, m4, m5, m6, m7, m8, key, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
    WHERE at IS NOT NULL;

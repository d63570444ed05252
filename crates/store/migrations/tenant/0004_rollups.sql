-- Sums of events by day, and which days they are not good for any more. See docs/adr/0011-rollups.md.

-- Sums of what happened from `at` until `until`: in slot 0 of everything, in slot n by the values of dn. The row of slot 0
-- says until when, and which slots are kept: one of too many values is not.
CREATE TABLE rollups (
    tenant_id uuid NOT NULL,
    dataset   integer NOT NULL,
    slot      integer NOT NULL,
    at        timestamptz NOT NULL,
    value     text NOT NULL,
    -- Of the events without a value.
    bare      boolean NOT NULL,
    until     timestamptz,
    slots     integer[],
    n         bigint NOT NULL,
    s1 float8, s2 float8, s3 float8, s4 float8, s5 float8, s6 float8, s7 float8, s8 float8,
    c1 bigint, c2 bigint, c3 bigint, c4 bigint, c5 bigint, c6 bigint, c7 bigint, c8 bigint,
    low1 float8, low2 float8, low3 float8, low4 float8, low5 float8, low6 float8, low7 float8, low8 float8,
    high1 float8, high2 float8, high3 float8, high4 float8, high5 float8, high6 float8, high7 float8, high8 float8,
    PRIMARY KEY (tenant_id, dataset, slot, at, value, bare),
    CONSTRAINT rollups_span CHECK ((slot = 0) = (until IS NOT NULL AND slots IS NOT NULL))
);
CALL wall.protect('rollups', 'SELECT, INSERT, DELETE');

-- Days of UTC whose events have changed since they were summed up. Each statement that changes some has rows of its own:
-- writers wait neither for one another nor for whoever sums up, and nobody deletes a mark that he has not seen.
CREATE TABLE rollup_marks (
    tenant_id uuid NOT NULL,
    dataset   integer NOT NULL,
    day       timestamptz NOT NULL,
    mark      uuid NOT NULL DEFAULT gen_random_uuid(),
    PRIMARY KEY (tenant_id, dataset, day, mark)
);
CALL wall.protect('rollup_marks', 'SELECT, INSERT, DELETE');

-- With the rights of whoever writes: it marks what they write, and nothing else.
CREATE FUNCTION rollup_mark() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO rollup_marks (tenant_id, dataset, day)
    SELECT DISTINCT tenant_id, dataset, date_bin('24 hours', at, '2000-01-01 00:00:00+00') FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER rollup_mark_new AFTER INSERT ON events
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();
CREATE TRIGGER rollup_mark_old AFTER DELETE ON events
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();
CREATE TRIGGER rollup_mark_moved_from AFTER UPDATE ON events
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();
CREATE TRIGGER rollup_mark_moved_to AFTER UPDATE ON events
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();

-- Which sums are kept, once all days have been summed up; when that was asked for, until it begins; how long it took.
ALTER TABLE datasets ADD COLUMN rolled jsonb, ADD COLUMN roll_asked timestamptz,
                     ADD COLUMN roll_ms integer NOT NULL DEFAULT 0;

-- When it is to be carried over, if not at once.
ALTER TABLE outbox ADD COLUMN run_at timestamptz;

-- Triggers fire without a right to call it, and nobody is to call it.
REVOKE ALL ON FUNCTION rollup_mark() FROM PUBLIC;

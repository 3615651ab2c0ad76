-- A database of 20,000 tables, 60,000 indexes and 10,000 foreign keys, to time the examinations on.
--
--   initdb -D /tmp/scale -U postgres -A trust -E UTF8 --locale=C
--   pg_ctl -D /tmp/scale -w -l /tmp/scale.log start -o "-p 5499 -k /tmp/scale-sock -c listen_addresses='' -c fsync=off
--     -c autovacuum=off -c shared_buffers=512MB -c max_locks_per_transaction=512"
--   createdb -h /tmp/scale-sock -p 5499 -U postgres scale
--   psql -h /tmp/scale-sock -p 5499 -U postgres -d scale -v schemas=100 -f Tests/Scale/scale.sql
--
-- `schemas=300` makes three times as many, for seeing how the cost grows. Nothing in it is random.
--
-- Each schema s000, s001, … has 190 tables, every other one a child of the one before it; the schema "parts" has a
-- partitioned table of 24 leaves for every two and a half schemas. What is planted, for each schema:
--   10 of the 100 foreign keys have no index, 5 only a weak one (the second column of a composite one);
--   10 indexes are the beginning of another one, 5 are the same as another one;
--   a tenth of the tables have never been read by index, and one table's name needs quotes.
-- Every table holds a few rows and is analysed. Plain role: scale_plain (reads the even schemas). Monitor: scale_monitor.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET synchronous_commit = off;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'scale_plain') THEN CREATE ROLE scale_plain LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'scale_monitor') THEN
    CREATE ROLE scale_monitor LOGIN;
    GRANT pg_monitor TO scale_monitor;
  END IF;
END $$;

CREATE PROCEDURE build(first int, schemas int) LANGUAGE plpgsql AS $$
DECLARE
  ns text;
  tab text;
  parent text;
BEGIN
  PERFORM set_config('client_min_messages', 'warning', false);
  FOR s IN first .. schemas - 1 LOOP
    ns := format('s%s', lpad(s::text, 3, '0'));
    EXECUTE format('CREATE SCHEMA %s', ns);
    FOR j IN 0 .. 189 LOOP
      tab := CASE WHEN j = 3 THEN format('%s."Table %s"', ns, j) ELSE format('%s.t%s', ns, j) END;
      EXECUTE format($f$
        CREATE TABLE %s (id bigint %s PRIMARY KEY, parent_id bigint, other_id bigint, state smallint,
          amount numeric, made_at timestamptz, code %s, note varchar(20))$f$,
        tab, CASE WHEN j % 8 = 0 THEN 'GENERATED ALWAYS AS IDENTITY' ELSE '' END,
        CASE WHEN j % 4 = 0 THEN 'text' ELSE 'varchar(10)' END);
      -- Before the foreign keys: the plans that check them would be kept, and each later command would look through all.
      EXECUTE format('INSERT INTO %s %s SELECT g, g, g, g %% 3, g, now(), g, g FROM generate_series(1, 20) AS g',
        tab, CASE WHEN j % 8 = 0 THEN 'OVERRIDING SYSTEM VALUE' ELSE '' END);
      IF j % 2 = 1 THEN
        parent := format('%s.t%s', ns, j - 1);
        EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (parent_id) REFERENCES %s', tab, parent);
        -- 95 children: the first 10 without an index, the next 5 with a weak one.
        IF j < 20 THEN
          EXECUTE format('CREATE INDEX ON %s (made_at)', tab);
        ELSIF j < 30 THEN
          EXECUTE format('CREATE INDEX ON %s (state, parent_id)', tab);
        ELSE
          EXECUTE format('CREATE INDEX ON %s (parent_id)', tab);
        END IF;
        IF j BETWEEN 30 AND 49 THEN
          EXECUTE format('CREATE INDEX ON %s (parent_id, made_at)', tab);
        ELSIF j BETWEEN 50 AND 59 THEN
          EXECUTE format('CREATE INDEX ON %s (parent_id)', tab);
        ELSIF j BETWEEN 60 AND 69 THEN
          EXECUTE format('CREATE INDEX ON %s (other_id)', tab);
          EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (other_id) REFERENCES %s', tab, parent);
        ELSE
          EXECUTE format('CREATE INDEX ON %s (made_at DESC) WHERE state > 0', tab);
        END IF;
      ELSE
        EXECUTE format('CREATE INDEX ON %s (code, state)', tab);
        EXECUTE format('CREATE INDEX ON %s (made_at) INCLUDE (amount)', tab);
      END IF;
    END LOOP;
    IF s % 2 = 0 THEN
      EXECUTE format('GRANT USAGE ON SCHEMA %s TO scale_plain', ns);
      EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %s TO scale_plain', ns);
    END IF;
    COMMIT;
  END LOOP;
  CREATE SCHEMA parts;
  FOR p IN 0 .. schemas * 2 / 5 - 1 LOOP
    tab := format('parts.p%s', p);
    EXECUTE format($f$
      CREATE TABLE %s (id bigint, parent_id bigint, made_at timestamptz, note varchar(20),
        PRIMARY KEY (id, made_at)) PARTITION BY RANGE (made_at)$f$, tab);
    EXECUTE format('CREATE INDEX ON %s (parent_id)', tab);
    EXECUTE format('CREATE INDEX ON %s (made_at)', tab);
    FOR m IN 0 .. 23 LOOP
      EXECUTE format('CREATE TABLE %1$s_m%2$s PARTITION OF %1$s FOR VALUES FROM (%3$L) TO (%4$L)', tab, m,
        timestamptz '2024-01-01Z' + m * interval '1 month', timestamptz '2024-01-01Z' + (m + 1) * interval '1 month');
    END LOOP;
    EXECUTE format($f$
      INSERT INTO %s SELECT g, g %% 20 + 1, timestamptz '2024-01-02Z' + (g - 1) * interval '1 month', g
      FROM generate_series(1, 24) AS g$f$, tab);
    EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (parent_id) REFERENCES s000.t0', tab);
    COMMIT;
  END LOOP;
END $$;

-- Reads most tables by each of their indexes' first column, so that the counters have something to count.
CREATE PROCEDURE read(schemas int) LANGUAGE plpgsql AS $$
DECLARE
  tab record;
BEGIN
  PERFORM set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false);
  FOR s IN 0 .. schemas - 1 LOOP
    FOR tab IN
      SELECT c.oid::regclass::text AS name, row_number() OVER (ORDER BY c.oid) AS n FROM pg_class AS c
      WHERE c.relkind = 'r' AND c.relnamespace = format('s%s', lpad(s::text, 3, '0'))::regnamespace
    LOOP
      CONTINUE WHEN tab.n % 10 = 0;
      EXECUTE format('SELECT FROM %1$s AS a, %1$s AS b, %1$s AS c WHERE a.id = 7 AND b.parent_id = 7 AND c.code = %2$L',
        tab.name, '7');
    END LOOP;
    COMMIT;
  END LOOP;
END $$;

CALL build(0, :schemas);
CALL read(:schemas);
DROP PROCEDURE build, read;
ANALYZE;
CHECKPOINT;
SELECT count(*) FILTER (WHERE relkind IN ('r', 'p')) AS tables, count(*) FILTER (WHERE relkind IN ('i', 'I')) AS indexes,
  (SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0) AS foreign_keys
FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(s\d+|parts)$';

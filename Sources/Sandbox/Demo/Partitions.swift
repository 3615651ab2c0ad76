/// Partitioned tables: sensors and events.
extension Demo {
  static let partitions = Chapter(
    as: "app",
    """
    CREATE TABLE ops.device (
      id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      serial text NOT NULL, place text NOT NULL
    );
    INSERT INTO ops.device (serial, place) SELECT 'D' || i, 'place ' || i % 20
    FROM pg_catalog.generate_series(1, 300) i;
    ANALYZE ops.device;
    -- DECOY (unused): never scanned, but replication identifies rows by it.
    CREATE UNIQUE INDEX device_serial_key ON ops.device (serial);
    ALTER TABLE ops.device REPLICA IDENTITY USING INDEX device_serial_key;

    -- PLANTED (partitions): the last month ended long ago, the next insert fails.
    -- DECOY (fk): every leaf has the index. (unused): only one leaf's is scanned.
    CREATE TABLE ops.reading (
      device_id int NOT NULL REFERENCES ops.device, at timestamptz NOT NULL, value double precision NOT NULL,
      PRIMARY KEY (device_id, at)
    ) PARTITION BY RANGE (at);
    DO $$ BEGIN
      FOR month IN 1..6 LOOP
        EXECUTE pg_catalog.format(
          'CREATE TABLE ops.reading_2025_%s PARTITION OF ops.reading FOR VALUES FROM (%L) TO (%L)',
          pg_catalog.lpad(month::text, 2, '0'), pg_catalog.make_date(2025, month, 1),
          pg_catalog.make_date(2025, month + 1, 1));
      END LOOP;
    END $$;
    INSERT INTO ops.reading
    SELECT 1 + i % 300, timestamptz '2025-01-01 00:00+00' + i * interval '5 minutes', (i * 7919::bigint % 10000) / 100.0
    FROM pg_catalog.generate_series(1, 50000) i;
    CREATE INDEX reading_at_idx ON ops.reading (at);

    -- PLANTED (fk): the parent's index is not valid, since one leaf lacks its own.
    -- PLANTED (partitions): rows that fell into the default partition.
    CREATE TABLE ops.event (
      id bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, device_id int NOT NULL REFERENCES ops.device,
      at timestamptz NOT NULL, payload jsonb, PRIMARY KEY (id, at)
    ) PARTITION BY RANGE (at);
    CREATE TABLE ops.event_2025a PARTITION OF ops.event FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
    CREATE TABLE ops.event_2025b PARTITION OF ops.event FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
    CREATE TABLE ops.event_default PARTITION OF ops.event DEFAULT;
    INSERT INTO ops.event (kind, device_id, at, payload)
    SELECT (ARRAY['up', 'down', 'slow'])[1 + i % 3], 1 + i % 300,
      timestamptz '2025-01-01 00:00+00' + i * interval '50 minutes',
      pg_catalog.jsonb_build_object('code', i % 50)
    FROM pg_catalog.generate_series(1, 12000) i;
    CREATE INDEX event_device_id_idx ON ONLY ops.event (device_id);
    CREATE INDEX event_2025a_device_id_idx ON ops.event_2025a (device_id);
    ALTER INDEX ops.event_device_id_idx ATTACH PARTITION ops.event_2025a_device_id_idx;
    CREATE INDEX event_default_device_id_idx ON ops.event_default (device_id);
    ALTER INDEX ops.event_device_id_idx ATTACH PARTITION ops.event_default_device_id_idx;

    -- PLANTED (fk): BRIN finds no single rows. PLANTED (unused): nor does anything else use it.
    CREATE TABLE ops.probe (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      device_id int NOT NULL REFERENCES ops.device, at timestamptz NOT NULL, value real NOT NULL
    );
    INSERT INTO ops.probe (device_id, at, value)
    SELECT 1 + i * 31 % 300, timestamptz '2025-05-01 00:00+00' + i * interval '1 minute', i % 100
    FROM pg_catalog.generate_series(1, 20000) i;
    CREATE INDEX probe_device_id_brin ON ops.probe USING brin (device_id);

    -- DECOY (partitions): its partitions reach to 2100 and the default one is empty.
    CREATE TABLE ops.invoice_archive (id bigint NOT NULL, year int NOT NULL, PRIMARY KEY (id, year))
      PARTITION BY RANGE (year);
    CREATE TABLE ops.invoice_archive_old PARTITION OF ops.invoice_archive FOR VALUES FROM (2000) TO (2025);
    CREATE TABLE ops.invoice_archive_new PARTITION OF ops.invoice_archive FOR VALUES FROM (2025) TO (2101);
    CREATE TABLE ops.invoice_archive_default PARTITION OF ops.invoice_archive DEFAULT;
    INSERT INTO ops.invoice_archive SELECT i, 2015 + i % 11 FROM pg_catalog.generate_series(1, 3000) i;
    """,
    planted: [
      .init(.partitions, "ops.reading", "the next one is missing"),
      .init(.partitions, "ops.event", "rows in the default"),
      .init(.foreignKey, "ops.event.event_device_id_fkey", "one leaf without the index"),
      .init(.invalidIndex, "ops.event_device_id_idx", "on the parent only; one leaf has none"),
      .init(.foreignKey, "ops.probe.probe_device_id_fkey", "BRIN"), .init(.unusedIndex, "ops.probe_device_id_brin"),
    ],
    decoys: [
      .init(.unusedIndex, "ops.device_serial_key", "replica identity"),
      .init(.foreignKey, "ops.reading.reading_device_id_fkey", "all leaves have it"),
      .init(.unusedIndex, "ops.reading_at_idx", "one partition's is used"),
      .init(.partitions, "ops.invoice_archive"),
    ])
}

/// Tables and indexes with space to give back, of every shape, and those that merely look roomy. Autovacuum is off on
/// them so that they stay as they are. The truth can be read with pgstattuple, and by VACUUM FULL on a copy.
extension Demo {
  static let bloat = Chapter(
    as: "app",
    """
    -- PLANTED (bloat): three of five runs of 1000 rows are dead and nobody has vacuumed.
    CREATE TABLE ops.event_log (id int PRIMARY KEY, at timestamptz NOT NULL, line text NOT NULL)
      WITH (autovacuum_enabled = off);
    INSERT INTO ops.event_log
    SELECT i, timestamptz '2025-01-01 00:00+00' + i * interval '1 second',
      pg_catalog.repeat('log line ' || i % 10 || ' ', 10)
    FROM pg_catalog.generate_series(1, 40000) i;
    ANALYZE ops.event_log;
    DELETE FROM ops.event_log WHERE id / 1000 % 5 < 3;

    -- PLANTED (bloat): the middle 70 % are gone and vacuumed; the tail keeps the file long.
    CREATE TABLE ops.job_history (id int PRIMARY KEY, finished_at timestamptz NOT NULL, report text NOT NULL)
      WITH (autovacuum_enabled = off);
    INSERT INTO ops.job_history
    SELECT i, timestamptz '2025-01-01 00:00+00' + i * interval '1 minute', pg_catalog.repeat('job report ', 12)
    FROM pg_catalog.generate_series(1, 30000) i;
    DELETE FROM ops.job_history WHERE id BETWEEN 6001 AND 27000;

    -- PLANTED (bloat): six of ten rows are gone, on every page.
    CREATE TABLE ops.heartbeat (id int PRIMARY KEY, device_id int NOT NULL, at timestamptz NOT NULL, note text NOT NULL)
      WITH (autovacuum_enabled = off);
    INSERT INTO ops.heartbeat
    SELECT i, 1 + i % 300, timestamptz '2025-06-01 00:00+00' + i * interval '2 seconds', 'beat of device ' || i % 300
    FROM pg_catalog.generate_series(1, 40000) i;
    DELETE FROM ops.heartbeat WHERE id % 10 < 6;

    -- PLANTED (bloat): the heap is full, its btree is not: the random keys are gone, the new ones lie at its right end.
    CREATE TABLE ops.token (token text NOT NULL, at timestamptz NOT NULL) WITH (autovacuum_enabled = off);
    CREATE INDEX token_token_idx ON ops.token (token);
    INSERT INTO ops.token SELECT pg_catalog.md5(i::text), timestamptz '2025-01-01 00:00+00' + i * interval '1 second'
    FROM pg_catalog.generate_series(1, 40000) i;
    DELETE FROM ops.token WHERE pg_catalog.date_part('epoch', at)::bigint % 5 <> 0;

    -- PLANTED (bloat): a small table whose TOAST holds two old versions of each document.
    CREATE TABLE ops.document (id int PRIMARY KEY, body text NOT NULL)
      WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
    ALTER TABLE ops.document ALTER body SET STORAGE EXTERNAL;
    INSERT INTO ops.document SELECT i, pg_catalog.repeat(pg_catalog.md5(i::text), 180)
    FROM pg_catalog.generate_series(1, 400) i;

    -- DECOY (bloat): one row a page, since two don't fit: the rest of the page can't be given back.
    CREATE TABLE ops.scan_page (id int PRIMARY KEY, image text NOT NULL) WITH (autovacuum_enabled = off);
    ALTER TABLE ops.scan_page ALTER image SET STORAGE PLAIN;
    INSERT INTO ops.scan_page SELECT i, pg_catalog.repeat('x', 4600) FROM pg_catalog.generate_series(1, 350) i;

    -- DECOY (bloat): half empty on purpose.
    CREATE TABLE ops.counter (id int PRIMARY KEY, hits bigint NOT NULL, name text NOT NULL)
      WITH (fillfactor = 50, autovacuum_enabled = off);
    INSERT INTO ops.counter SELECT i, i * 13, 'counter ' || i FROM pg_catalog.generate_series(1, 15000) i;

    -- DECOY (bloat): padding for alignment is part of each row.
    CREATE TABLE ops.padded (a boolean, b bigint, c boolean, d bigint, e boolean, f bigint, g boolean, h bigint)
      WITH (autovacuum_enabled = off);
    INSERT INTO ops.padded SELECT true, i, false, i, true, i, false, i FROM pg_catalog.generate_series(1, 15000) i;

    -- DECOY (bloat): its columns were dropped before it was filled; rows hold no more than the bits of nulls for them.
    CREATE TABLE ops.legacy (id int PRIMARY KEY, old1 text, old2 bigint, old3 timestamptz, name text)
      WITH (autovacuum_enabled = off);
    ALTER TABLE ops.legacy DROP old1, DROP old2, DROP old3;
    INSERT INTO ops.legacy SELECT i, 'name ' || i FROM pg_catalog.generate_series(1, 15000) i;

    -- DECOY (bloat): mostly nulls, so rows are far shorter than their columns.
    CREATE TABLE ops.sparse (id int PRIMARY KEY, a text, b text, c text, d text, e bigint, f bigint)
      WITH (autovacuum_enabled = off);
    INSERT INTO ops.sparse (id, a) SELECT i, CASE WHEN i % 50 = 0 THEN pg_catalog.repeat('seldom ', 20) END
    FROM pg_catalog.generate_series(1, 20000) i;

    -- DECOY (bloat): never analysed. PLANTED (vacuum): the planner knows nothing of it.
    CREATE TABLE ops.import_batch (id int, source text, amount numeric) WITH (autovacuum_enabled = off);
    INSERT INTO ops.import_batch SELECT i, 'source ' || i % 7, i * 1.25 FROM pg_catalog.generate_series(1, 15000) i;

    -- DECOY (bloat): much updated, but too small to matter.
    CREATE TABLE ops.setting (name text PRIMARY KEY, value text NOT NULL);
    INSERT INTO ops.setting SELECT 'setting ' || i, '0' FROM pg_catalog.generate_series(1, 20) i;
    """,
    planted: [
      .init(.bloat, "ops.event_log", "dead rows in runs, not vacuumed"), .init(.deadRows, "ops.event_log"),
      .init(.bloat, "ops.job_history", "emptied by range"), .init(.bloat, "ops.heartbeat", "scattered"),
      .init(.bloat, "ops.event_log_pkey", "dead entries"), .init(.bloat, "ops.job_history_pkey", "deleted pages"),
      .init(.bloat, "ops.heartbeat_pkey", "thin pages"), .init(.bloat, "ops.token_token_idx", "thin pages"),
      .init(.bloat, "ops.document", "TOAST"),
      .init(.staleStatistics, "ops.import_batch", "never analysed"),
    ],
    decoys: [
      .init(.bloat, "ops.scan_page", "one row a page"), .init(.bloat, "ops.counter", "fillfactor"),
      .init(.bloat, "ops.padded", "alignment"), .init(.bloat, "ops.legacy", "dropped columns"),
      .init(.bloat, "ops.sparse", "nulls"), .init(.bloat, "ops.import_batch", "never analysed"),
      .init(.bloat, "ops.setting", "small"), .init(.bloat, "ops.token", "the heap is full"),
    ])

  /// Each alone: VACUUM takes no transaction, and what one statement leaves dead is dead only for the next.
  static let vacuums: [Chapter] =
    ["ops.job_history", "ops.heartbeat", "ops.token"].map { Chapter(as: "app", "VACUUM (ANALYZE) \($0)") }
    + [
      Chapter(as: "app", "UPDATE ops.document SET body = pg_catalog.repeat(pg_catalog.md5('a' || id), 180)"),
      Chapter(as: "app", "UPDATE ops.document SET body = pg_catalog.repeat(pg_catalog.md5('b' || id), 180)"),
      Chapter(
        as: "app",
        """
        INSERT INTO ops.token
        SELECT 'z' || pg_catalog.lpad(i::text, 31, '0'), timestamptz '2025-08-01 00:00+00' + i * interval '1 second'
        FROM pg_catalog.generate_series(1, 31900) i
        """),
      Chapter(as: "app", "UPDATE ops.setting SET value = value || '1'"),
      Chapter(as: "app", "UPDATE ops.setting SET value = value || '2'"),
    ]
    + [
      "shop.customer", "shop.product", "shop.coupon", "shop.orders", "shop.order_line", "shop.shelf", "shop.shipment",
      "shop.stock", "shop.count_sheet", "shop.agent", "shop.ticket", "shop.login", "shop.category", "shop.employee",
      "shop.\"Order Item\"", "shop.language", "shop.translation", "shop.truck", "shop.booking", "billing.tariff",
      "billing.contract", "billing.invoice", "ops.device", "ops.reading", "ops.event", "ops.probe", "ops.audit",
      "ops.place", "ops.invoice_archive", "ops.token", "ops.scan_page", "ops.counter", "ops.padded", "ops.legacy",
      "ops.sparse", "ops.setting", "ops.alert", "ops.measurement", "ops.measurement_note", "ops.voucher", "ops.launch",
      "ops.trace", "ops.region", "ops.click", "ops.order_change", "shop.review", "billing.payment", "billing.card",
      "billing.address",
    ].map { Chapter(as: "app", "VACUUM (ANALYZE) \($0)") }
    + [Chapter(as: "app", "ANALYZE ops.document")]
}

import Postgres

/// What `\repl` reads; each part can fail alone.
enum ReplicationQueries {
  /// Where this node's WAL is: written on a primary, received (or replayed from the archive) on a standby.
  static let here = """
    CASE WHEN pg_catalog.pg_is_in_recovery()
      THEN coalesce(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
      ELSE pg_catalog.pg_current_wal_lsn() END
    """

  static let node = Query(
    from: 11,
    """
    SELECT pg_catalog.current_setting('synchronous_standby_names') AS synchronous_names,
      pg_catalog.current_setting('synchronous_commit') AS synchronous_commit,
      pg_catalog.current_setting('wal_level') AS wal_level, pg_catalog.current_setting('archive_mode') AS archive_mode,
      pg_catalog.current_setting('max_slot_wal_keep_size', true) AS slot_limit,
      pg_catalog.current_setting('wal_keep_size', true) AS keep_size,
      pg_catalog.current_setting('idle_replication_slot_timeout', true) AS slot_timeout,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a WHERE a.wait_event = 'SyncRep') AS hanging
    """)

  static let senders = Query(
    from: 11,
    """
    SELECT s.pid, s.application_name AS name, pg_catalog.host(s.client_addr) AS address, s.state, s.sync_state,
      pg_catalog.pg_wal_lsn_diff(w.here, s.sent_lsn)::bigint AS send_bytes,
      pg_catalog.pg_wal_lsn_diff(w.here, s.write_lsn)::bigint AS write_bytes,
      pg_catalog.pg_wal_lsn_diff(w.here, s.flush_lsn)::bigint AS flush_bytes,
      pg_catalog.pg_wal_lsn_diff(w.here, s.replay_lsn)::bigint AS replay_bytes,
      pg_catalog.date_part('epoch', s.write_lag) AS write_seconds,
      pg_catalog.date_part('epoch', s.flush_lag) AS flush_seconds,
      pg_catalog.date_part('epoch', s.replay_lag) AS replay_seconds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - s.reply_time)::bigint AS silent_seconds
    FROM pg_catalog.pg_stat_replication AS s
    CROSS JOIN (SELECT \(here) AS here) AS w
    ORDER BY s.application_name, s.pid
    """)

  /// Through `to_jsonb`: what 17 has (`synced`, `inactive_since`, `invalidation_reason`) is NULL before.
  static let slots = Query(
    from: 13,
    """
    SELECT s.slot_name AS name, s.slot_type AS kind, s.plugin, s.database, s.active, s.temporary, s.wal_status,
      s.safe_wal_size, s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL AS holds_horizon,
      pg_catalog.pg_wal_lsn_diff(w.here, s.restart_lsn)::bigint AS kept_bytes,
      pg_catalog.to_jsonb(s) ->> 'invalidation_reason' AS invalidation,
      coalesce((pg_catalog.to_jsonb(s) ->> 'synced')::boolean, false) AS synced,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()
        - (pg_catalog.to_jsonb(s) ->> 'inactive_since')::timestamptz)::bigint AS inactive_seconds
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN (SELECT \(here) AS here) AS w
    ORDER BY s.slot_name
    """)

  static let archiver = Query(
    from: 11,
    """
    SELECT a.archived_count, a.failed_count, a.last_archived_wal, a.last_failed_wal,
      a.last_failed_time IS NOT NULL AND (a.last_archived_time IS NULL OR a.last_failed_time > a.last_archived_time)
        AS is_failing,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.last_archived_time)::bigint AS archived_seconds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.last_failed_time)::bigint AS failed_seconds
    FROM pg_catalog.pg_stat_archiver AS a
    """)

  /// Segments that wait for the archiver; pg_monitor may list the directory.
  static let waiting = Query(
    from: 12,
    """
    SELECT pg_catalog.count(*) AS ready FROM pg_catalog.pg_ls_archive_statusdir() AS f WHERE f.name ~ '[.]ready$'
    """)

  private static func published(from major: Int, schemas: String) -> Query {
    Query(
      from: major,
      """
      WITH RECURSIVE published (publication, relation) AS (
        SELECT p.oid, c.oid FROM pg_catalog.pg_publication AS p
        JOIN pg_catalog.pg_class AS c ON c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND c.oid >= 16384
        WHERE p.puballtables AND (p.pubupdate OR p.pubdelete)
        UNION
        SELECT p.oid, r.prrelid FROM pg_catalog.pg_publication AS p
        JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = p.oid
        WHERE p.pubupdate OR p.pubdelete\(schemas)
      ), leaf (publication, relation) AS (
        SELECT l.publication, l.relation FROM published AS l
        UNION
        SELECT l.publication, i.inhrelid FROM leaf AS l
        JOIN pg_catalog.pg_inherits AS i ON i.inhparent = l.relation
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
      )
      SELECT n.nspname AS schema, c.relname AS name, c.relreplident AS identity,
        pg_catalog.array_agg(p.pubname::text ORDER BY p.pubname) AS publications,
        pg_catalog.bool_or(p.pubupdate) AS updates, pg_catalog.bool_or(p.pubdelete) AS deletes,
        (SELECT pg_catalog.min(k.relname::text) FROM pg_catalog.pg_index AS x
          JOIN pg_catalog.pg_class AS k ON k.oid = x.indexrelid
          WHERE x.indrelid = c.oid AND x.indisunique AND x.indimmediate AND x.indisvalid AND x.indpred IS NULL
            AND x.indexprs IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
              WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey) AND NOT a.attnotnull)) AS candidate
      FROM leaf AS l
      JOIN pg_catalog.pg_publication AS p ON p.oid = l.publication
      JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.relkind = 'r' AND c.relpersistence = 'p'
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname <> 'information_schema' AND c.relreplident <> 'f' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid AND x.indimmediate AND x.indisvalid
          AND (c.relreplident = 'd' AND x.indisprimary OR c.relreplident = 'i' AND x.indisreplident))
      GROUP BY n.nspname, c.relname, c.relreplident, c.oid
      ORDER BY n.nspname, c.relname
      """)
  }

  static let unidentified = [
    published(
      from: 15,
      schemas: """

            UNION
            SELECT p.oid, c.oid FROM pg_catalog.pg_publication AS p
            JOIN pg_catalog.pg_publication_namespace AS s ON s.pnpubid = p.oid
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = s.pnnspid AND c.relkind IN ('r', 'p')
            WHERE p.pubupdate OR p.pubdelete
        """),
    published(from: 11, schemas: ""),
  ]

  private static func subscriptions(from major: Int, errors: String, join: String) -> Query {
    Query(
      from: major,
      """
      SELECT s.subname AS name, s.subenabled AS is_enabled, \(errors),
        EXISTS (SELECT FROM pg_catalog.pg_stat_subscription AS w WHERE w.subid = s.oid AND w.relid IS NULL
          AND w.pid IS NOT NULL) AS is_running,
        (SELECT pg_catalog.count(*) FROM pg_catalog.pg_subscription_rel AS r
          WHERE r.srsubid = s.oid AND r.srsubstate <> 'r') AS unready
      FROM pg_catalog.pg_subscription AS s \(join)
      WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      ORDER BY s.subname
      """)
  }

  static let subscriptions = [
    subscriptions(
      from: 15, errors: "e.apply_error_count AS apply_errors, e.sync_error_count AS sync_errors",
      join: "LEFT JOIN pg_catalog.pg_stat_subscription_stats AS e ON e.subid = s.oid"),
    subscriptions(from: 11, errors: "NULL AS apply_errors, NULL AS sync_errors", join: ""),
  ]

  static let standby = Query(
    from: 11,
    """
    SELECT pg_catalog.pg_is_wal_replay_paused() AS is_paused,
      pg_catalog.current_setting('recovery_min_apply_delay') AS delay,
      pg_catalog.current_setting('hot_standby_feedback') AS feedback,
      pg_catalog.current_setting('primary_slot_name') AS slot,
      pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())::bigint
        AS replay_bytes,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::bigint
        AS replayed_seconds,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_wal_receiver AS r) AS receivers,
      (SELECT pg_catalog.max(r.status) FROM pg_catalog.pg_stat_wal_receiver AS r) AS receiver_status,
      (SELECT pg_catalog.max(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - r.last_msg_receipt_time))::bigint
        FROM pg_catalog.pg_stat_wal_receiver AS r) AS silent_seconds,
      (SELECT pg_catalog.sum(c.confl_tablespace + c.confl_lock + c.confl_snapshot + c.confl_bufferpin
        + c.confl_deadlock)::bigint FROM pg_catalog.pg_stat_database_conflicts AS c) AS conflicts
    """)
}

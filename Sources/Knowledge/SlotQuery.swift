/// Looks a slot's candidates up on a server. The shell implements it: this module knows no server.
public protocol SlotSource {
  /// The first column of each row of `query`, whose parameters `$1`, `$2`, … are bound to `given` in
  /// `query.parameters`' order. An empty list when it can't be asked.
  func candidates(for slot: Slot, _ query: SlotQuery, given: [String: String]) -> [String]
}

/// The catalog query that offers values for a slot: first column the value as it is typed (names quoted as SQL wants
/// them), second column a remark for the menu. It only reads, holds no lock past itself, and names everything in full.
public struct SlotQuery: Sendable, Equatable {
  public let sql: String
  /// Names of the slots whose values are bound to `$1`, `$2`, …: without them there is nothing to offer.
  public let parameters: [String]
  /// Names of slots that narrow the offer: bound after the parameters, to NULL where they have no value.
  public let filters: [String]

  init(_ sql: String, _ parameters: [String] = [], filters: [String] = []) {
    self.sql = sql
    self.parameters = parameters
    self.filters = filters
  }

  /// Nil where the type has no candidates: text, numbers, expressions.
  public init?(for slot: Slot) {
    guard slot.home == nil else { return nil }
    switch (slot.type, slot.defaultText) {
    case (.index, "invalid_ones"): self = Self.invalidIndexes
    case (.index, _): self = Self.indexes
    case (.parent, "confrelid"): self = Self.referencedTables
    case (.table, _), (.parent, _): self = Self.tables
    case (.indexdef, _): self = Self.indexDefinition
    case (.type, "column_type"): self = Self.columnType
    case (.column, _), (.columns, _):
      switch slot.filter {
      case "type=jsonb": self = Self.columns(types: "'jsonb'")
      case "type=timestamptz|date": self = Self.columns(types: "'timestamptz', 'timestamp', 'date'")
      default: self = Self.columns(types: nil)
      }
    case (.constraint, "unvalidated"): self = Self.unvalidatedConstraints
    case (.constraint, _): self = Self.constraints
    case (.pid, "root_blocker"): self = Self.rootBlockers
    case (.pid, "idle_longest"): self = Self.idleSessions
    case (.pid, _): self = Self.sessions
    case (.slot, _): self = Self.replicationSlots
    case (.text, "from_pg_stat_statements"): self = Self.recordedStatements
    case (.text, "application_name"): self = Self.standbys
    case (.value, _): self = Self.commonValues
    case (.role, _):
      self.init(
        "SELECT pg_catalog.quote_ident(rolname), '' FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY 1")
    case (.database, _):
      self.init("SELECT pg_catalog.quote_ident(datname), '' FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1")
    case (.tablespace, _):
      self.init("SELECT pg_catalog.quote_ident(spcname), '' FROM pg_catalog.pg_tablespace ORDER BY 1")
    case (.schema, _):
      self.init(
        """
        SELECT pg_catalog.quote_ident(nspname), '' FROM pg_catalog.pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1
        """)
    case (.sequence, _): self = Self.relations(kinds: "'S'")
    case (.matview, _): self = Self.relations(kinds: "'m'")
    case (.enum, _): self = Self.enums
    case (.am, _):
      self.init("SELECT pg_catalog.quote_ident(amname), '' FROM pg_catalog.pg_am WHERE amtype = 'i' ORDER BY 1")
    case (.opclass, _): self = Self.operatorClasses
    case (.tsconfig, _):
      self.init("SELECT pg_catalog.quote_ident(cfgname), '' FROM pg_catalog.pg_ts_config ORDER BY 1")
    default: return nil
    }
  }

  /// A relation's name with its schema, quoted.
  private static let fullName = "pg_catalog.format('%I.%I', n.nspname, c.relname)"
  /// Leaves the server's own schemas out.
  private static let userSchemas =
    "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
  /// Size by the last VACUUM or ANALYZE: asking for the real one would wait behind a lock.
  private static let size = "pg_catalog.pg_size_pretty(c.relpages * pg_catalog.current_setting('block_size')::bigint)"

  private static func relations(kinds: String) -> SlotQuery {
    SlotQuery(
      """
      SELECT \(fullName), \(size)
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN (\(kinds)) AND \(userSchemas)
      ORDER BY c.relpages DESC, 1
      """)
  }

  static let tables = relations(kinds: "'r', 'p'")

  static let indexes = SlotQuery(
    """
    SELECT \(fullName), \(size) || CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE \(userSchemas)
    ORDER BY c.relpages DESC, 1
    """)

  static let invalidIndexes = SlotQuery(
    """
    SELECT \(fullName), 'invalid, on ' || i.indrelid::pg_catalog.regclass::text
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
      AND ($1::pg_catalog.regclass IS NULL OR i.indrelid = $1::pg_catalog.regclass)
    ORDER BY 1
    """, filters: ["table"])

  static let indexDefinition = SlotQuery(
    "SELECT pg_catalog.pg_get_indexdef($1::pg_catalog.regclass), ''", ["index"])

  static let referencedTables = SlotQuery(
    """
    SELECT \(fullName), pg_catalog.string_agg(f.conname, ', ' ORDER BY f.conname)
    FROM pg_catalog.pg_constraint f
    JOIN pg_catalog.pg_class c ON c.oid = f.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE f.contype = 'f' AND f.conrelid = $1::pg_catalog.regclass
    GROUP BY n.nspname, c.relname
    ORDER BY 1
    """, ["table"])

  private static func columns(types: String?) -> SlotQuery {
    let filter = types.map { " AND t.typname IN (\($0))" } ?? ""
    return SlotQuery(
      """
      SELECT pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod)
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped\(filter)
      ORDER BY a.attnum
      """, ["table"])
  }

  static let columnType = SlotQuery(
    """
    SELECT pg_catalog.format_type(a.atttypid, a.atttypmod), ''
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = $1::pg_catalog.regclass AND $2 IN (a.attname, pg_catalog.quote_ident(a.attname))
      AND a.attnum > 0 AND NOT a.attisdropped
    """, ["table", "column"])

  static let constraints = SlotQuery(
    """
    SELECT pg_catalog.quote_ident(conname), CASE WHEN convalidated THEN '' ELSE 'not validated' END
    FROM pg_catalog.pg_constraint WHERE conrelid = $1::pg_catalog.regclass ORDER BY convalidated, 1
    """, ["table"])

  static let unvalidatedConstraints = SlotQuery(
    """
    SELECT pg_catalog.quote_ident(conname), 'not validated'
    FROM pg_catalog.pg_constraint WHERE conrelid = $1::pg_catalog.regclass AND NOT convalidated ORDER BY 1
    """, ["table"])

  /// Sessions that stand in somebody's way and in whose way nobody stands.
  static let rootBlockers = SlotQuery(
    """
    SELECT b.pid, pg_catalog.concat_ws(
      ', ', b.usename, b.state, (pg_catalog.now() - b.xact_start)::text, pg_catalog.left(b.query, 40))
    FROM pg_catalog.pg_stat_activity b
    WHERE pg_catalog.cardinality(pg_catalog.pg_blocking_pids(b.pid)) = 0 AND EXISTS (
      SELECT FROM pg_catalog.pg_locks w WHERE NOT w.granted AND b.pid = ANY (pg_catalog.pg_blocking_pids(w.pid)))
    ORDER BY b.xact_start, b.pid
    """)

  static let idleSessions = SlotQuery(
    """
    SELECT pid, pg_catalog.concat_ws(', ', usename, application_name, state, (pg_catalog.now() - state_change)::text)
    FROM pg_catalog.pg_stat_activity
    WHERE state LIKE 'idle%' AND pid <> pg_catalog.pg_backend_pid()
    ORDER BY state_change, pid
    """)

  static let sessions = SlotQuery(
    """
    SELECT pid, pg_catalog.concat_ws(', ', usename, application_name, state, (pg_catalog.now() - xact_start)::text)
    FROM pg_catalog.pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()
    ORDER BY xact_start NULLS LAST, pid
    """)

  static let replicationSlots = SlotQuery(
    """
    SELECT slot_name, pg_catalog.concat_ws(
      ', ', CASE WHEN active THEN 'active' ELSE 'inactive' END, slot_type, wal_status)
    FROM pg_catalog.pg_replication_slots ORDER BY active, 1
    """)

  static let standbys = SlotQuery(
    """
    SELECT application_name, pg_catalog.concat_ws(', ', client_addr, state)
    FROM pg_catalog.pg_stat_replication ORDER BY 1
    """)

  static let recordedStatements = SlotQuery(
    """
    SELECT query, pg_catalog.concat_ws(', ', calls || ' calls', pg_catalog.round(mean_exec_time::numeric, 1) || ' ms')
    FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 50
    """)

  static let commonValues = SlotQuery(
    """
    SELECT v.value, pg_catalog.round((v.frequency * 100)::numeric, 1) || ' %'
    FROM pg_catalog.pg_stats s
    JOIN pg_catalog.pg_class c ON c.relname = s.tablename
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
    CROSS JOIN LATERAL ROWS FROM (
      pg_catalog.unnest(s.most_common_vals::text::text[]), pg_catalog.unnest(s.most_common_freqs)) AS v(value, frequency)
    WHERE c.oid = $1::pg_catalog.regclass AND $2 IN (s.attname, pg_catalog.quote_ident(s.attname))
    ORDER BY v.frequency, 1
    """, ["table", "predicate_column"])

  static let enums = SlotQuery(
    """
    SELECT pg_catalog.format('%I.%I', n.nspname, t.typname),
      pg_catalog.string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    GROUP BY 1 ORDER BY 1
    """)

  static let operatorClasses = SlotQuery(
    """
    SELECT pg_catalog.quote_ident(o.opcname), m.amname || ', ' || pg_catalog.format_type(o.opcintype, NULL)
    FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
    WHERE m.amname = 'gin' AND o.opcintype = 'pg_catalog.jsonb'::pg_catalog.regtype
    ORDER BY o.opcdefault, 1
    """)
}

import Knowledge
import Postgres
import SQLText
import Sandbox
import Testing

@testable import Shell

/// The SQL of the pages on a real server: what looks runs read only, and what a template makes it takes back.
@Suite(.serialized) struct PageSQLTests {
  private static let schema = """
    CREATE SCHEMA lab;
    DO $$ BEGIN CREATE EXTENSION btree_gist; EXCEPTION WHEN undefined_file OR feature_not_supported THEN NULL; END $$;
    CREATE TYPE lab.mood AS ENUM ('a', 'b');
    CREATE TABLE lab.customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, joined timestamp);
    CREATE TABLE lab.orders (id bigserial PRIMARY KEY, customer_id int CONSTRAINT orders_customer_fkey
      REFERENCES lab.customers, status text, created_at timestamptz NOT NULL DEFAULT now(), doc jsonb, tags text[],
      during tstzrange, feeling lab.mood, amount int NOT NULL DEFAULT 0, body text);
    CREATE INDEX orders_customer ON lab.orders (customer_id);
    INSERT INTO lab.customers (email) SELECT 'u' || g FROM generate_series(1, 100) g;
    INSERT INTO lab.orders (customer_id, status, doc, tags, body) SELECT 1 + g % 100,
      CASE WHEN g % 50 = 0 THEN 'failed' ELSE 'paid' END, '{"a":1}', '{x,y}', 'words' FROM generate_series(1, 2000) g;
    CREATE MATERIALIZED VIEW lab.totals AS SELECT customer_id, count(*) FROM lab.orders GROUP BY 1;
    CREATE UNIQUE INDEX ON lab.totals (customer_id);
    CREATE TABLE lab.events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE lab.events_1 PARTITION OF lab.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    ANALYZE;
    """

  /// A value for a slot, by its type; nil where its default will do.
  private static func value(_ slot: Slot) -> String? {
    if let text = slot.defaultText, !slot.defaultsFromCatalog { return text.contains("<") ? nil : text }
    switch slot.filter {
    case "type=jsonb": return "doc"
    case "type=range": return "during"
    case "type=array": return "tags"
    case let filter? where filter.contains("timestamp") || filter.contains("correlation"): return "created_at"
    default: break
    }
    switch slot.type {
    case .table: return "lab.orders"
    case .parent: return "lab.customers"
    case .column: return slot.name == "key" || slot.name == "id" ? "id" : "customer_id"
    case .columns: return "customer_id, status"
    case .index: return "lab.orders_customer"
    case .sequence: return "lab.orders_id_seq"
    case .matview: return "lab.totals"
    case .enum: return "lab.mood"
    case .constraint: return "orders_customer_fkey"
    case .role: return "postgres"
    case .database: return "postgres"
    case .tablespace: return "pg_default"
    case .schema: return "lab"
    case .slot, .ident: return "new_name"
    case .am: return "btree"
    case .opclass: return "jsonb_ops"
    case .tsconfig: return "english"
    case .type: return "bigint"
    case .expr: return "status = 'paid'"
    case .indexdef: return "CREATE INDEX orders_customer ON lab.orders USING btree (customer_id)"
    case .text: return "abc"
    case .value: return "paid"
    case .int: return "10"
    case .pid: return "1"
    case .interval: return "5min"
    case .date, .timestamp: return "2026-01-01"
    case .choice: return slot.choices.first
    }
  }

  /// Values that a template needs to make sense beside the others.
  private static let special: [String: [String: String]] = [
    "add-not-null-column": ["default": "'none'"],
    "check-constraint-online": ["check": "status IN ('paid', 'failed')", "constraint": "status_known"],
    "drop-column": ["column": "body", "type": "text"],
    "exclude-constraint": ["key": "customer_id", "column": "during"],
    "foreign-key-online": ["columns": "customer_id", "constraint": "another_fkey"],
    "full-text-search": ["column": "body"],
    "job-queue": ["columns": "created_at, id", "waiting": "status = 'failed'"],
    "matview-refresh": ["columns": "customer_id"],
    "partial-index": ["columns": "customer_id", "predicate_column": "status", "predicate_value": "failed"],
    "partition-retention": [
      "table": "lab.events", "partition": "lab.events_1", "from": "2026-01-01", "to": "2026-02-01",
    ],
    "row-level-tenancy": ["column": "customer_id"],
    "unique-constraint-online": ["columns": "id, status"],
  ]

  /// `all`: those of slots that may stay empty, too.
  private static func values(_ entry: Entry, all: Bool = false) -> [String: SlotValue] {
    var values: [String: SlotValue] = [:]
    for slot in entry.slots {
      if let value = special[entry.id]?[slot.name] ?? (slot.isOptional && !all ? nil : value(slot)) {
        values[slot.name] = .text(value)
      }
    }
    return values
  }

  private static func connect(_ name: String) throws -> Connection {
    let connection = try Connection.open(try SharedCluster.empty().freshDatabase(named: name))
    for statement in schema.split(separator: ";\n") { _ = try connection.execute(String(statement)) }
    return connection
  }

  @Test func everyLookRuns() throws {
    let connection = try Self.connect("page_looks")
    let major = connection.serverVersion / 10000
    let installed = Set(try Self.column(connection, "SELECT extname FROM pg_extension"))
    var count = 0
    for entry in KnowledgeBase.builtIn.entries {
      for step in entry.steps where step.kind == .read && step.versions.contains(major) && step.place != .standby {
        if let needed = step.needs, !installed.contains(needed) { continue }
        count += 1
        do {
          let sql = try step.filled(in: entry, slots: Self.values(entry, all: true))
          _ = try connection.readOnly { (connection) throws(PostgresError) in try connection.execute(sql) }
        } catch {
          Issue.record("\(entry.id), line \(step.line): \(error)")
        }
      }
    }
    #expect(count > 100)
    try SharedCluster.empty().run("DROP DATABASE page_looks WITH (FORCE)")
  }

  /// Newer syntax than the linked grammar's can't be judged: such a step says from which version on it is.
  @Test func everyChangeIsSQL() throws {
    for entry in KnowledgeBase.builtIn.entries {
      for step in entry.steps where step.kind == .write || step.kind == .confirm {
        guard (step.versions.lowest ?? 0) <= 15 else { continue }
        do {
          let sql = try step.filled(in: entry, slots: Self.values(entry, all: true))
          _ = try ParseTree.json(sql)
        } catch {
          Issue.record("\(entry.id), line \(step.line): \(error)")
        }
      }
    }
  }

  static let templates = KnowledgeBase.builtIn.entries.filter { $0.isTemplate && $0.irreversible == nil }.map { $0.id }

  /// Up, the page's own check, down; then all is as before.
  @Test(arguments: templates) func templatesTakeBackWhatTheyMake(_ id: String) throws {
    let entry = try #require(KnowledgeBase.builtIn.entry(id))
    let name = "page_\(id)"
    let connection = try Self.connect(name)
    let before = try Self.column(connection, Self.picture)
    var options = FillOptions()
    options.serverVersion = connection.serverVersion / 10000
    let filled = try fill(entry, slots: Self.values(entry), options: options)
    try Self.run(filled.up, on: connection)
    #expect(try Self.column(connection, Self.picture) != before, "\(id) makes nothing")
    let checks = Session(program: "pgmedic").statements(of: Array(filled.verify.utf8))
    #expect(!checks.isEmpty)
    for check in checks {
      let answer = try Self.column(connection, String(decoding: check, as: UTF8.self))
      #expect(answer.first == "t", "\(String(decoding: check, as: UTF8.self))")
    }
    try Self.run(filled.down, on: connection)
    #expect(try Self.column(connection, Self.picture) == before)
    try SharedCluster.empty().run("DROP DATABASE \"\(name)\" WITH (FORCE)")
  }

  /// The recipe for a partitioned table, two levels deep, with names that want quotes.
  @Test func partitionedTablesGetTheirIndexByItsRecipe() throws {
    let connection = try Self.connect("page_partitioned")
    for statement in [
      #"CREATE TABLE lab."Log" (id int, "At" date NOT NULL, region text) PARTITION BY RANGE ("At")"#,
      #"CREATE TABLE lab."Log 1" PARTITION OF lab."Log" FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') "#
        + "PARTITION BY LIST (region)",
      #"CREATE TABLE lab."Log 1 eu" PARTITION OF lab."Log 1" FOR VALUES IN ('eu')"#,
      #"CREATE TABLE lab."Log 2" PARTITION OF lab."Log" FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"#,
    ] { _ = try connection.execute(statement) }
    let before = try Self.column(connection, Self.picture)
    var options = FillOptions()
    let log = QualifiedName(schema: "lab", "Log")
    let first = QualifiedName(schema: "lab", "Log 1")
    options.partitions = [
      Partition(first, above: nil, isLeaf: false),
      Partition(QualifiedName(schema: "lab", "Log 2"), above: nil, isLeaf: true),
      Partition(QualifiedName(schema: "lab", "Log 1 eu"), above: first, isLeaf: true),
    ]
    let entry = try #require(KnowledgeBase.builtIn.entry("index-concurrently"))
    let slots: [String: SlotValue] = ["table": .name(log), "columns": .names(["At"])]
    let filled = try fill(entry, slots: slots, options: options)
    #expect(filled.up.contains("CREATE INDEX CONCURRENTLY \"index_Log_on_At_Log 1 eu\" ON lab.\"Log 1 eu\""))
    try Self.run(filled.up, on: connection)
    #expect(try Self.column(connection, filled.verify) == ["t"])
    #expect(
      try Self.column(connection, "SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid > 16384") == ["0"])
    try Self.run(filled.down, on: connection)
    #expect(try Self.column(connection, Self.picture) == before)
    let rails = try fill(entry, target: .rails, slots: slots, options: options).up
    #expect(rails.components(of: "execute <<~'SQL'") == filled.up.components(of: ";\n") + 1 + 3)
    #expect(throws: FillError.notForPartitioned(entry: "composite-index")) {
      let entry = try #require(KnowledgeBase.builtIn.entry("composite-index"))
      _ = try fill(entry, slots: Self.values(entry), options: options)
    }
    try SharedCluster.empty().run("DROP DATABASE page_partitioned WITH (FORCE)")
  }

  private static func run(_ sql: String, on connection: borrowing Connection) throws {
    for statement in Session(program: "pgmedic").statements(of: Array(sql.utf8)) {
      _ = try connection.execute(String(decoding: statement, as: UTF8.self))
    }
  }

  private static func column(_ connection: borrowing Connection, _ sql: String) throws -> [String] {
    let result = try connection.query(sql)
    return (0..<result.rowCount).map { result.string(row: $0, column: 0) ?? "" }
  }

  /// All that a schema change can leave behind, a line a thing.
  private static let picture = """
    SELECT pg_catalog.concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.reloptions::text, c.relrowsecurity) AS line
    FROM pg_class c WHERE c.relnamespace IN ('lab'::regnamespace, 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace IN ('lab'::regnamespace, 'public'::regnamespace) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
    FROM pg_constraint WHERE connamespace IN ('lab'::regnamespace, 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace IN ('lab'::regnamespace, 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'policy', polrelid::regclass, polname) FROM pg_policy
    UNION ALL
    SELECT concat_ws(' ', 'label', enumtypid::regtype, enumlabel) FROM pg_enum
    UNION ALL
    SELECT concat_ws(' ', 'view', oid::regclass, pg_get_viewdef(oid)) FROM pg_class
    WHERE relkind IN ('v', 'm') AND relnamespace IN ('lab'::regnamespace, 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(' ', 'function', oid::regprocedure) FROM pg_proc
    WHERE pronamespace IN ('lab'::regnamespace, 'public'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')
    UNION ALL
    SELECT concat_ws(' ', 'statistics', stxname) FROM pg_statistic_ext
    ORDER BY 1
    """
}

extension String {
  /// How often a text is in this one.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

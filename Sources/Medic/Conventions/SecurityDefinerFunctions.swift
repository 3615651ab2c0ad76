/// Functions that run with their owner's rights and look names up where their caller says: whoever calls one can put an
/// object of his own in the way, and have it run as the owner.
struct SecurityDefinerFunctions: SchemaRule {
  static let card = Card(
    "conv-security-definer", severity: .warning, in: .schema, entry: "permission-denied",
    summary: "SECURITY DEFINER functions without a fixed search_path")

  /// A BEGIN ATOMIC body (14) bound its names when it was made; C and internal functions look none up.
  static let queries = [
    Query(
      from: 11,
      """
      SELECT n.nspname AS schema, p.proname AS name, pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
        r.rolname AS owner, r.rolsuper AS is_superuser,
        pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE') AS is_public,
        (SELECT pg_catalog.substr(s.setting, 13) FROM pg_catalog.unnest(p.proconfig) AS s (setting)
          WHERE s.setting LIKE 'search_path=%' LIMIT 1) AS path,
        ARRAY(SELECT o.nspname::text FROM pg_catalog.pg_namespace AS o
          WHERE pg_catalog.has_schema_privilege('public', o.oid, 'CREATE') ORDER BY 1) AS open_schemas
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
      JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
      JOIN pg_catalog.pg_roles AS r ON r.oid = p.proowner
      WHERE p.prosecdef AND l.lanname NOT IN ('c', 'internal')
        AND pg_catalog.to_jsonb(p) ->> 'prosqlbody' IS NULL
        AND \(Scope.condition(schema: "n.nspname", name: "p.proname"))
        AND \(Scope.notOfExtension("pg_proc", "p.oid"))
      ORDER BY n.nspname, p.proname, p.oid
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let (schema, name, arguments) = (row.text("schema"), row.text("name"), row.text("arguments"))
    let path = row["path"]
    let evidence = [
      Fact("arguments", .text(arguments)), Fact("owner", .text(row.text("owner"))),
      Fact("owner_is_superuser", .bool(row.flag("is_superuser"))),
      Fact("public_may_execute", .bool(row.flag("is_public"))),
      Fact("search_path", Value(path)),
    ]
    let object = DatabaseObject(.function, schema: schema, name: name)
    let open = row.list("open_schemas")
    let remedy = Remedy.fixSearchPath(
      schema: schema, name: name, arguments: arguments, before: path, isOpen: open.contains(schema))
    guard let path else {
      let isWide = row.flag("is_superuser") && row.flag("is_public")
      let owner = SQLName.quoted(row.text("owner"))
      return Finding(
        Self.card, on: object,
        "runs as \(owner)\(isWide ? " (superuser)" : "") with its caller's search_path",
        severity: isWide ? .error : nil, evidence: evidence, remedy: remedy)
    }
    guard let weakness = Self.weakness(of: path, open: open) else { return nil }
    return Finding(
      Self.card, on: object, "search_path is fixed, but \(weakness)", severity: .info, evidence: evidence,
      confidence: .medium, remedy: remedy)
  }

  /// What a caller can still do to a function with this search_path. Where every name has its schema (`''`), nothing.
  private static func weakness(of path: String, open: [String]) -> String? {
    let schemas = schemas(in: path)
    if schemas.allSatisfy({ $0.isEmpty }) { return nil }
    if schemas.contains("$user") { return "\"$user\" names a schema that somebody may yet make" }
    if let schema = schemas.first(where: { open.contains($0) }) {
      return "every role may create objects in \(SQLName.quoted(schema))"
    }
    // Tables and types (never functions) are looked up in pg_temp first unless it is named.
    if schemas.last != "pg_temp" { return "pg_temp does not come last: temporary tables go before the real ones" }
    return nil
  }

  /// The names in a search_path as it is stored: `app, "My Schema"`.
  private static func schemas(in path: String) -> [String] {
    var schemas: [String] = []
    var name = ""
    var isQuoted = false
    for character in path {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        schemas.append(name)
        name = ""
      case " " where !isQuoted: break
      default: name.append(character)
      }
    }
    return schemas + [name]
  }

  private static func function(_ name: String, _ options: String = "") -> String {
    "CREATE FUNCTION \(name)(n int) RETURNS int LANGUAGE sql SECURITY DEFINER \(options) AS 'SELECT n'; "
  }

  static let examples: [Example] = [
    .finds("public.\"Admin\"", in: function("\"Admin\"")),
    .finds("public.f", in: function("f", "SET work_mem = '1MB'")),
    .finds(
      "public.p", in: "CREATE PROCEDURE p(inout n int) LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN n := 1; END'"),
    .finds("public.f", in: function("f", "SET search_path = pg_catalog, public")),
    .finds("public.f", in: function("f", "SET search_path = \"$user\", pg_temp")),
    .finds(
      "public.f", in: "GRANT CREATE ON SCHEMA public TO PUBLIC; " + function("f", "SET search_path = public, pg_temp")),
    .clean(function("f", "SET search_path = pg_catalog, public, pg_temp") + function("g", "SET search_path = ''")),
    .clean("CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT n'"),
    .clean("CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT n; END", from: 14),
  ]
}

import Postgres

/// The text that made a function or a view, as `\sf`, `\sv`, `\ef` and `\ev` have it.
struct ObjectSource {
  enum Kind { case function, view }

  let kind: Kind
  let text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text.hasSuffix("\n") ? text : text + "\n"
  }

  /// The text with line numbers. Those of a function count from where its body begins, as its error messages do.
  var numbered: String {
    let header = headerLines
    return lines.enumerated().map { place, line in
      if place < header { return "        \(line)\n" }
      let digits = String(place - header + 1)
      return digits + String(repeating: " ", count: max(0, 7 - digits.count)) + " \(line)\n"
    }.joined()
  }

  /// The lines before the one that numbering begins with.
  var headerLines: Int {
    guard kind == .function else { return 0 }
    let lines = self.lines
    return lines.firstIndex { $0.hasPrefix("AS ") || $0.hasPrefix("BEGIN ") || $0.hasPrefix("RETURN ") } ?? lines.count
  }

  private var lines: [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

extension Session {
  /// The definition of a function, named with or without argument types.
  mutating func functionSource(_ name: String) throws(CommandError) -> ObjectSource {
    let type = name.contains("(") ? "regprocedure" : "regproc"
    let oid = try value("$1::pg_catalog.text::pg_catalog.\(type)::pg_catalog.oid", name)
    let text = try value("pg_catalog.pg_get_functiondef($1::pg_catalog.oid)", oid)
    return ObjectSource(.function, CatalogRow.readable(text))
  }

  /// The definition of a view as a statement that makes it anew.
  mutating func viewSource(_ name: String) throws(CommandError) -> ObjectSource {
    let oid = try value("$1::pg_catalog.text::pg_catalog.regclass::pg_catalog.oid", name)
    guard let view = try rows(Self.viewParts, [oid], isLookup: true).first else {
      throw failed("relation with OID \(oid) does not exist")
    }
    let place = "\(view["schema"]).\(view["name"])"
    guard view["relkind"] == "v" else { throw failed("\"\(CatalogRow.readable(view["plainname"]))\" is not a view") }
    var text = "CREATE OR REPLACE VIEW \(place)"
    if let options = view.optional("options") { text += "\n WITH (\(options))" }
    var definition = view["definition"]
    if definition.hasSuffix(";") { definition.removeLast() }
    text += " AS\n\(definition)"
    if let check = view.optional("checkoption") { text += "\n WITH \(check.uppercased()) CHECK OPTION" }
    return ObjectSource(.view, CatalogRow.readable(text))
  }

  private static let viewParts = """
    SELECT pg_catalog.quote_ident(n.nspname) AS schema, pg_catalog.quote_ident(c.relname) AS name,
      n.nspname || '.' || c.relname AS plainname, c.relkind,
      pg_catalog.pg_get_viewdef(c.oid, true) AS definition,
      (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || '='
            || pg_catalog.quote_literal(o.option_value), ', ')
          FROM pg_catalog.pg_options_to_table(c.reloptions) AS o WHERE o.option_name <> 'check_option') AS options,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'check_option') AS checkoption
    FROM pg_catalog.pg_class c
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = $1::pg_catalog.oid
    """

  private mutating func value(_ sql: String, _ parameter: String) throws(CommandError) -> String {
    try rows("SELECT \(sql) AS value", [parameter], isLookup: true).first.map { $0["value"] } ?? ""
  }
}

import Postgres
import Printing

/// A command that lists objects, one a row: what it is called, its columns, where they come from.
struct Listing: Sendable {
  /// One column of a listing.
  struct Item: Sendable {
    let heading: String
    let sql: CatalogQuery
    /// Shown with `+` only.
    let isVerbose: Bool
    /// The major version whose servers have it first.
    let since: Int

    /// Always shown.
    static func plain(_ heading: String, _ sql: CatalogQuery) -> Item {
      Item(heading: heading, sql: sql, isVerbose: false, since: 0)
    }

    /// Shown with `+`.
    static func verbose(_ heading: String, since: Int = 0, _ sql: CatalogQuery) -> Item {
      Item(heading: heading, sql: sql, isVerbose: true, since: since)
    }
  }

  var title: String
  let items: [Item]
  /// What follows FROM.
  let source: CatalogQuery
  /// Always required.
  var conditions: [String] = []
  /// Required unless `S` or a pattern was given.
  var userOnly: [String] = []
  /// What the pattern is held against: one of these must match.
  let targets: [NameTarget]
  let order: String

  /// The usual condition of `userOnly`, for objects of the schema `n`.
  static let userSchemas = "n.nspname NOT IN ('pg_catalog', 'information_schema')"

  func sql(major: Int, isVerbose: Bool, joins: String = "", filter: CatalogFilter) -> String {
    let shown = items.filter { (isVerbose || !$0.isVerbose) && $0.since <= major }
    let columns = shown.map { "\($0.sql.text(for: major)) AS \"\($0.heading)\"" }
    let from = source.text(for: major) + joins
    return "SELECT \(columns.joined(separator: ",\n  "))\nFROM \(from)\(filter.clause)\nORDER BY \(order)"
  }
}

/// What was asked of a command of the `\d` family: the letters behind `\d`, and a pattern.
struct DescribeRequest: Sendable {
  /// The name as typed, without `d`: `t+` for `\dt+`.
  let letters: String
  let pattern: String?

  var isVerbose: Bool { letters.contains("+") }
  var includesSystem: Bool { letters.contains("S") }
  /// Nothing narrows the list: system objects are then left out.
  var isForUserObjects: Bool { !includesSystem && pattern == nil }
}

extension Session {
  /// Prints what a listing lists.
  mutating func list(
    _ listing: Listing, _ request: DescribeRequest, footers: [String] = [], orSay nothing: String? = nil
  ) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: listing.targets.map(\.parts).max() ?? 1)
    try list(listing, request, pattern: pattern, footers: footers, orSay: nothing)
  }

  /// Prints what a listing lists and a pattern matches. `filter` and `joins` narrow it further.
  mutating func list(
    _ listing: Listing, _ request: DescribeRequest, pattern: NamePattern?, filter: CatalogFilter = CatalogFilter(),
    joins: String = "", footers: [String] = [], orSay nothing: String? = nil
  ) throws(CommandError) {
    var filter = filter
    for condition in listing.conditions { filter.require(condition) }
    if request.isForUserObjects {
      for condition in listing.userOnly { filter.require(condition) }
    }
    let ways = listing.targets.map { filter.matching(pattern, $0).joined(separator: " AND ") }
    if ways.allSatisfy({ !$0.isEmpty }), !ways.isEmpty {
      filter.require(ways.count == 1 ? ways.joined() : "((" + ways.joined(separator: ") OR (") + "))")
    }
    let sql = listing.sql(major: serverMajor, isVerbose: request.isVerbose, joins: joins, filter: filter)
    try list(listing.title, sql, filter.parameters, footers: footers, orSay: nothing)
  }

  /// Prints the rows of a query under a title. `nothing` is said where there are none, and then counts as no failure.
  mutating func list(
    _ title: String, _ sql: String, _ parameters: [String?] = [], footers: [String] = [], orSay nothing: String? = nil
  ) throws(CommandError) {
    let result = try ask(sql, parameters)
    if let nothing, result.rowCount == 0, !settings.quiet {
      reporter.report(.error, nothing)
    } else {
      show(result, listingOptions(title, footers: footers))
    }
  }

  /// How lists are printed: as `\pset` says, but NULL as nothing.
  func listingOptions(_ title: String, footers: [String] = []) -> PrintOptions {
    var options = printing
    options.null = ""
    options.title = ByteString(bytes: CatalogRow.bytes(of: title))
    options.footers = footers.map { ByteString(bytes: CatalogRow.bytes(of: $0)) }
    return options
  }

  /// Prints a table whose cells and footers were put together here, without `(n rows)`.
  mutating func describe(
    _ title: String, columns: [Column], rows: [[String]], footers: [String], expands: Bool = true
  ) {
    var options = listingOptions(title, footers: footers)
    options.defaultFooter = false
    if !expands { options.expanded = .off }
    let cells: [[[UInt8]?]] = rows.map { $0.map { CatalogRow.bytes(of: $0) } }
    show(Table(columns: columns, rows: cells), options)
  }
}

/// SQL of columns that many listings have.
enum CatalogSQL {
  static func owner(_ column: String) -> CatalogQuery { "pg_catalog.pg_get_userbyid(\(column))" }

  /// An access control list, an item a line.
  static func privileges(_ column: String) -> CatalogQuery { "pg_catalog.array_to_string(\(column), E'\\n')" }

  static func comment(on oid: String, in catalog: String) -> CatalogQuery {
    "pg_catalog.obj_description(\(oid), '\(catalog)')"
  }

  static func yesNo(_ condition: String) -> CatalogQuery { "CASE WHEN \(condition) THEN 'yes' ELSE 'no' END" }

  /// Options of a foreign object, as CREATE has them; empty where there are none.
  static func foreignOptions(_ column: String) -> CatalogQuery {
    """
    CASE WHEN pg_catalog.cardinality(\(column)) > 0 THEN '(' || pg_catalog.array_to_string(ARRAY(
        SELECT pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value)
        FROM pg_catalog.pg_options_to_table(\(column)) AS o), ', ') || ')' ELSE '' END
    """
  }
}

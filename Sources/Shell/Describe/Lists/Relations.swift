/// `\dt`, `\di`, `\ds`, `\dv`, `\dm`, `\dE` in any combination, and `\d` without a name.
struct RelationListing {
  let kinds: [Relation.Kind]
  let isVerbose: Bool
  let hidesTableAM: Bool

  /// Reads the letters: none of those that name a kind stands for all but indexes.
  init(_ request: DescribeRequest, hidesTableAM: Bool) {
    let letters = request.letters
    var kinds: [Relation.Kind] = []
    let isWholeFamily = !letters.contains { "tvmisE".contains($0) }
    for (letter, group) in Self.groups where isWholeFamily ? letter != "i" : letters.contains(letter) {
      kinds += group
      // TOAST tables only where someone may look for one
      if letter == "t", !request.isForUserObjects { kinds.append(.toast) }
    }
    self.kinds = kinds
    isVerbose = request.isVerbose
    self.hidesTableAM = hidesTableAM
  }

  private static let groups: [(Character, [Relation.Kind])] = [
    ("t", [.table, .partitioned]), ("v", [.view]), ("m", [.materializedView]), ("i", [.index, .partitionedIndex]),
    ("s", [.sequence]), ("E", [.foreign]),
  ]

  var listing: Listing {
    var items: [Listing.Item] = [
      .plain("Schema", "n.nspname"),
      .plain("Name", "c.relname"),
      .plain("Type", Self.kindName),
      .plain("Owner", CatalogSQL.owner("c.relowner")),
    ]
    var source = """
      pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      """
    if kinds.contains(.index) {
      items.append(.plain("Table", "tab.relname"))
      source += """

          LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
          LEFT JOIN pg_catalog.pg_class tab ON tab.oid = i.indrelid
        """
    }
    items.append(
      .verbose(
        "Persistence",
        "CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 't' THEN 'temporary' WHEN 'u' THEN 'unlogged' END"))
    let haveMethods: Set<Relation.Kind> = [.table, .materializedView, .index]
    if !hidesTableAM, !haveMethods.isDisjoint(with: kinds) {
      items.append(.verbose("Access method", "am.amname"))
      if isVerbose { source += "\n  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam" }
    }
    items += [
      .verbose("Size", "pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid))"),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_class")),
    ]
    let letters = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return Listing(
      title: "List of relations", items: items, source: CatalogQuery(stringLiteral: source),
      conditions: ["c.relkind IN (\(letters))"],
      userOnly: ["n.nspname !~ '^pg_toast'", Listing.userSchemas],
      targets: [.relation], order: "1, 2")
  }

  private static let kindName: CatalogQuery = """
    CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
      WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table'
      WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END
    """
}

extension NameTarget {
  /// A relation `c` in the schema `n`.
  static let relation = NameTarget(
    "c.relname", schema: "n.nspname", visible: "pg_catalog.pg_table_is_visible(c.oid)")
}

extension Session {
  /// Lists relations; unlike most lists it says so where there is none.
  mutating func listRelations(_ request: DescribeRequest) throws(CommandError) {
    let listing = RelationListing(request, hidesTableAM: settings.hidesTableAM).listing
    try list(
      listing, request,
      orSay: request.pattern.map { "Did not find any relation named \"\($0)\"." } ?? "Did not find any relations.")
  }
}

/// `\dP[tin+]`: partitioned tables and indexes, those at the root unless `n` or a pattern asks for more.
struct PartitionedListing {
  private let showsTables: Bool
  private let showsIndexes: Bool
  private let showsNested: Bool
  private let isVerbose: Bool
  private let hasPattern: Bool

  init(_ request: DescribeRequest) {
    let (tables, indexes) = (request.letters.contains("t"), request.letters.contains("i"))
    showsTables = tables || !indexes
    showsIndexes = indexes || !tables
    showsNested = request.letters.contains("n")
    isVerbose = request.isVerbose
    hasPattern = request.pattern != nil
  }

  var listing: Listing {
    let isMixed = showsTables && showsIndexes
    let namesParents = showsNested || hasPattern
    var items: [Listing.Item] = [
      .plain("Schema", "n.nspname"),
      .plain("Name", "c.relname"),
      .plain("Owner", CatalogSQL.owner("c.relowner")),
    ]
    if isMixed {
      items.append(
        .plain("Type", "CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END"))
    }
    if namesParents { items.append(.plain("Parent name", "inh.inhparent::pg_catalog.regclass")) }
    if showsIndexes { items.append(.plain("Table", "i.indrelid::pg_catalog.regclass")) }
    if showsNested { items.append(.verbose("Leaf partition size", "s.leaves")) }
    items += [
      .verbose("Total size", "s.total"),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_class")),
    ]
    let kinds = (showsTables ? ["'p'"] : []) + (showsIndexes ? ["'I'"] : [])
    let order =
      ["\"Schema\""] + (isMixed ? ["\"Type\" DESC"] : [])
      + (namesParents ? ["\"Parent name\" NULLS FIRST"] : []) + ["\"Name\""]
    return Listing(
      title: isMixed
        ? "List of partitioned relations" : showsTables ? "List of partitioned tables" : "List of partitioned indexes",
      items: items, source: source,
      conditions: ["c.relkind IN (\(kinds.joined(separator: ", ")))"]
        + (namesParents ? [] : ["NOT c.relispartition"]),
      userOnly: hasPattern ? [] : ["n.nspname !~ '^pg_toast'", Listing.userSchemas],
      targets: [.relation], order: order.joined(separator: ", "))
  }

  private var source: CatalogQuery {
    var text = """
      pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = c.oid
      """
    if isVerbose {
      text += """

          CROSS JOIN LATERAL (
            SELECT pg_catalog.pg_size_pretty(pg_catalog.sum(pg_catalog.pg_table_size(pt.relid))) AS total,
              pg_catalog.pg_size_pretty(pg_catalog.sum(
                CASE WHEN pt.isleaf AND pt.level = 1 THEN pg_catalog.pg_table_size(pt.relid) ELSE 0 END)) AS leaves
            FROM pg_catalog.pg_partition_tree(c.oid) AS pt) AS s
        """
    }
    return CatalogQuery(stringLiteral: text)
  }
}

import Printing

extension Listing {
  /// `\dRp`
  static let publications = Listing(
    title: "List of publications",
    items: [
      .plain("Name", "p.pubname"),
      .plain("Owner", CatalogSQL.owner("p.pubowner")),
      .plain("All tables", "p.puballtables"),
      .plain("Inserts", "p.pubinsert"),
      .plain("Updates", "p.pubupdate"),
      .plain("Deletes", "p.pubdelete"),
      .plain("Truncates", "p.pubtruncate"),
      .plain("Via root", "p.pubviaroot"),
    ],
    source: "pg_catalog.pg_publication p",
    targets: [NameTarget("p.pubname", parts: 1)], order: "1")

  /// `\dRs`
  static let subscriptions = Listing(
    title: "List of subscriptions",
    items: [
      .plain("Name", "s.subname"),
      .plain("Owner", CatalogSQL.owner("s.subowner")),
      .plain("Enabled", "s.subenabled"),
      .plain("Publication", "s.subpublications"),
      .verbose("Binary", since: 14, "s.subbinary"),
      .verbose("Streaming", since: 14, "s.substream"),
      .verbose("Two-phase commit", since: 15, "s.subtwophasestate"),
      .verbose("Disable on error", since: 15, "s.subdisableonerr"),
      .verbose("Synchronous commit", "s.subsynccommit"),
      .verbose("Conninfo", "s.subconninfo"),
      .verbose("Skip LSN", since: 15, "s.subskiplsn"),
    ],
    source: """
      pg_catalog.pg_subscription s
        JOIN pg_catalog.pg_database d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()
      """,
    targets: [NameTarget("s.subname", parts: 1)], order: "1")
}

extension Session {
  /// `\dRp+`: each publication with its tables and schemas.
  mutating func describePublications(_ request: DescribeRequest) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: 1)
    var filter = CatalogFilter()
    for target in Listing.publications.targets { filter.match(pattern, target) }
    let found = try rows(
      """
      SELECT p.oid, p.pubname, pg_catalog.pg_get_userbyid(p.pubowner) AS owner, p.puballtables, p.pubinsert,
        p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot
      FROM pg_catalog.pg_publication p\(filter.clause)
      ORDER BY 2
      """, filter.parameters)
    if found.isEmpty {
      if !settings.quiet {
        reporter.report(
          .error,
          request.pattern.map { "Did not find any publication named \"\($0)\"." } ?? "Did not find any publications.")
      }
      throw .reported
    }
    let headings = ["Owner", "All tables", "Inserts", "Updates", "Deletes", "Truncates", "Via root"]
    let values = [
      "owner", "puballtables", "pubinsert", "pubupdate", "pubdelete", "pubtruncate", "pubviaroot",
    ]
    for publication in found {
      let footers = publication.holds("puballtables") ? [] : try publishedObjects(publication["oid"])
      // as psql has it, the row is counted where nothing else stands below
      let table = Table(
        columns: headings.map { Column($0) },
        rows: [values.map { CatalogRow.bytes(of: publication[$0]) }] as [[[UInt8]?]])
      show(table, listingOptions("Publication \(publication["pubname"])", footers: footers))
    }
  }

  private mutating func publishedObjects(_ oid: String) throws(CommandError) -> [String] {
    let tables = try rows(Self.publishedTables, [oid]).map { table in
      "\"\(table["nspname"]).\(table["relname"])\"" + (table.optional("columns").map { " (\($0))" } ?? "")
        + (table.optional("qual").map { " WHERE \($0)" } ?? "")
    }
    let schemas = serverMajor >= 15 ? try rows(Self.publishedSchemas, [oid]).map { "\"\($0["nspname"])\"" } : []
    return section("Tables:", tables) + section("Tables from schemas:", schemas)
  }

  private static let publishedTables = CatalogQuery(
    (
      15,
      """
      SELECT n.nspname, c.relname, pg_catalog.pg_get_expr(pr.prqual, c.oid) AS qual,
        (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.place)
          FROM pg_catalog.unnest(pr.prattrs) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS columns
      FROM pg_catalog.pg_publication_rel pr
        JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE pr.prpubid = $1::pg_catalog.oid
      ORDER BY 1, 2
      """
    ),
    (
      0,
      """
      SELECT n.nspname, c.relname
      FROM pg_catalog.pg_publication_rel pr
        JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE pr.prpubid = $1::pg_catalog.oid
      ORDER BY 1, 2
      """
    ))

  private static let publishedSchemas = """
    SELECT n.nspname
    FROM pg_catalog.pg_publication_namespace pn
      JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid
    WHERE pn.pnpubid = $1::pg_catalog.oid
    ORDER BY 1
    """
}

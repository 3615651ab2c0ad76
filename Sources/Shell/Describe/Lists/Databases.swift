extension Listing {
  /// `\l`
  static let databases = Listing(
    title: "List of databases",
    items: [
      .plain("Name", "d.datname"),
      .plain("Owner", CatalogSQL.owner("d.datdba")),
      .plain("Encoding", "pg_catalog.pg_encoding_to_char(d.encoding)"),
      .plain("Collate", "d.datcollate"),
      .plain("Ctype", "d.datctype"),
      .plain("ICU Locale", CatalogQuery((17, "d.datlocale"), (15, "d.daticulocale"), (0, "NULL"))),
      .plain(
        "Locale Provider",
        CatalogQuery(
          (15, "CASE d.datlocprovider WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END"),
          (0, "'libc'"))),
      .plain("Access privileges", CatalogSQL.privileges("d.datacl")),
      .verbose(
        "Size",
        """
        CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT')
          THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) ELSE 'No Access' END
        """),
      .verbose("Tablespace", "t.spcname"),
      .verbose("Description", "pg_catalog.shobj_description(d.oid, 'pg_database')"),
    ],
    source: """
      pg_catalog.pg_database d
        LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
      """,
    targets: [NameTarget("d.datname", parts: 1)], order: "1")

  /// `\db`
  static let tablespaces = Listing(
    title: "List of tablespaces",
    items: [
      .plain("Name", "t.spcname"),
      .plain("Owner", CatalogSQL.owner("t.spcowner")),
      .plain("Location", "pg_catalog.pg_tablespace_location(t.oid)"),
      .verbose("Access privileges", CatalogSQL.privileges("t.spcacl")),
      .verbose("Options", "t.spcoptions"),
      .verbose("Size", "pg_catalog.pg_size_pretty(pg_catalog.pg_tablespace_size(t.oid))"),
      .verbose("Description", "pg_catalog.shobj_description(t.oid, 'pg_tablespace')"),
    ],
    source: "pg_catalog.pg_tablespace t",
    targets: [NameTarget("t.spcname", parts: 1)], order: "1")
}

extension Listing {
  /// `\des`
  static let foreignServers = Listing(
    title: "List of foreign servers",
    items: [
      .plain("Name", "s.srvname"),
      .plain("Owner", CatalogSQL.owner("s.srvowner")),
      .plain("Foreign-data wrapper", "f.fdwname"),
      .verbose("Access privileges", CatalogSQL.privileges("s.srvacl")),
      .verbose("Type", "s.srvtype"),
      .verbose("Version", "s.srvversion"),
      .verbose("FDW options", CatalogSQL.foreignOptions("s.srvoptions")),
      .verbose("Description", CatalogSQL.comment(on: "s.oid", in: "pg_foreign_server")),
    ],
    source: """
      pg_catalog.pg_foreign_server s
        JOIN pg_catalog.pg_foreign_data_wrapper f ON f.oid = s.srvfdw
      """,
    targets: [NameTarget("s.srvname", parts: 1)], order: "1")

  /// `\deu`
  static let userMappings = Listing(
    title: "List of user mappings",
    items: [
      .plain("Server", "u.srvname"),
      .plain("User name", "u.usename"),
      .verbose("FDW options", CatalogSQL.foreignOptions("u.umoptions")),
    ],
    source: "pg_catalog.pg_user_mappings u",
    targets: [NameTarget("u.srvname", parts: 1), NameTarget("u.usename", parts: 1)], order: "1, 2")

  /// `\dew`
  static let foreignDataWrappers = Listing(
    title: "List of foreign-data wrappers",
    items: [
      .plain("Name", "f.fdwname"),
      .plain("Owner", CatalogSQL.owner("f.fdwowner")),
      .plain("Handler", "f.fdwhandler::pg_catalog.regproc"),
      .plain("Validator", "f.fdwvalidator::pg_catalog.regproc"),
      .verbose("Access privileges", CatalogSQL.privileges("f.fdwacl")),
      .verbose("FDW options", CatalogSQL.foreignOptions("f.fdwoptions")),
      .verbose("Description", CatalogSQL.comment(on: "f.oid", in: "pg_foreign_data_wrapper")),
    ],
    source: "pg_catalog.pg_foreign_data_wrapper f",
    targets: [NameTarget("f.fdwname", parts: 1)], order: "1")

  /// `\det`
  static let foreignTables = Listing(
    title: "List of foreign tables",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Table", "c.relname"),
      .plain("Server", "s.srvname"),
      .verbose("FDW options", CatalogSQL.foreignOptions("ft.ftoptions")),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_class")),
    ],
    source: """
      pg_catalog.pg_foreign_table ft
        JOIN pg_catalog.pg_class c ON c.oid = ft.ftrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_foreign_server s ON s.oid = ft.ftserver
      """,
    targets: [.relation], order: "1, 2")
}

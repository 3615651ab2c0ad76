/// Of a foreign table: its server and options.
struct ForeignServer: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.kind == .foreign }

  let query: CatalogQuery? = """
    SELECT s.srvname, pg_catalog.array_to_string(ARRAY(
        SELECT pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value)
        FROM pg_catalog.pg_options_to_table(f.ftoptions) AS o), ', ') AS options
    FROM pg_catalog.pg_foreign_table f
      JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
    WHERE f.ftrelid = $1::pg_catalog.oid
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.flatMap { table in
      ["Server: \(table["srvname"])"]
        + (table["options"].isEmpty ? [] : ["FDW options: (\(table["options"]))"])
    }
  }
}

/// Of a table made of a composite type: that type.
struct TypedTable: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    relation.isTableLike && relation.row.optional("typed") != nil
  }

  var query: CatalogQuery? { nil }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    ["Typed table of type: \(relation.row["typed"])"]
  }
}

/// What logical replication identifies rows by, where it is neither the default nor an index (which is marked itself).
struct ReplicaIdentity: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    look.isVerbose && relation.isOne(of: .table, .materializedView)
  }

  var query: CatalogQuery? { nil }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    let identity = relation.row["relreplident"]
    let usual = relation.schema == "pg_catalog" ? "n" : "d"
    if identity == usual || identity == "i" { return [] }
    return ["Replica Identity: \(identity == "f" ? "FULL" : identity == "n" ? "NOTHING" : "???")"]
  }
}

/// The tablespace, where it isn't the database's own.
struct RelationTablespace: RelationSection {
  /// Of an index it stands right below the summary.
  let ofIndexes: Bool

  func applies(to relation: Relation, _ look: Look) -> Bool {
    guard relation.row.optional("spcname") != nil else { return false }
    return ofIndexes ? relation.kind == .index : relation.isTableLike && relation.kind != .foreign
  }

  var query: CatalogQuery? { nil }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    ["Tablespace: \"\(relation.row["spcname"])\""]
  }
}

/// The table access method.
struct TableAccessMethod: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    look.isVerbose && !look.hidesTableAM && relation.isTableLike && relation.row.optional("amname") != nil
  }

  var query: CatalogQuery? { nil }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    ["Access method: \(relation.row["amname"])"]
  }
}

/// Storage parameters, those of the TOAST table included.
struct StorageOptions: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { look.isVerbose && !relation.row["options"].isEmpty }

  var query: CatalogQuery? { nil }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    ["Options: \(relation.row["options"])"]
  }
}

/// Of an index: its method, table, predicate and state, in one line.
struct IndexSummary: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isIndex }

  let query: CatalogQuery? = CatalogQuery(
    (15, sql(nullsNotDistinct: "i.indnullsnotdistinct")),
    (0, sql(nullsNotDistinct: "false")))

  private static func sql(nullsNotDistinct: String) -> String {
    """
    SELECT i.indisprimary, i.indisunique, \(nullsNotDistinct) AS nullsnotdistinct, i.indisclustered, i.indisvalid,
      i.indisreplident, am.amname, t.relname, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS predicate,
      COALESCE(con.condeferrable, false) AS deferrable, COALESCE(con.condeferred, false) AS deferred
    FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
      JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
      JOIN pg_catalog.pg_am am ON am.oid = x.relam
      LEFT JOIN pg_catalog.pg_constraint con
        ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
    WHERE i.indexrelid = $1::pg_catalog.oid
    LIMIT 1
    """
  }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.map { index in
      var line = ""
      if index.holds("indisprimary") {
        line = "primary key, "
      } else if index.holds("indisunique") {
        line = index.holds("nullsnotdistinct") ? "unique nulls not distinct, " : "unique, "
      }
      line += "\(index["amname"]), for table \"\(relation.schema).\(index["relname"])\""
      if !index["predicate"].isEmpty { line += ", predicate (\(index["predicate"]))" }
      if index.holds("indisclustered") { line += ", clustered" }
      if !index.holds("indisvalid") { line += ", invalid" }
      if index.holds("deferrable") { line += ", deferrable" }
      if index.holds("deferred") { line += ", initially deferred" }
      if index.holds("indisreplident") { line += ", replica identity" }
      return line
    }
  }
}

/// Of a table: its indexes, the primary key first.
struct IndexList: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    relation.isTableLike && relation.row.holds("relhasindex")
  }

  let query: CatalogQuery? = """
    SELECT x.relname, i.indisprimary, i.indisunique, i.indisclustered, i.indisvalid, i.indisreplident, ts.spcname,
      con.contype, con.condeferrable, con.condeferred, pg_catalog.pg_get_constraintdef(con.oid, true) AS constraintdef,
      pg_catalog.pg_get_indexdef(i.indexrelid, 0, true) AS indexdef
    FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
      LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = x.reltablespace
      LEFT JOIN pg_catalog.pg_constraint con
        ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
    WHERE i.indrelid = $1::pg_catalog.oid
    ORDER BY i.indisprimary DESC, x.relname
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section("Indexes:", rows.map { "\"\($0["relname"])\"\(definition($0))\(marks($0))" })
  }

  private func definition(_ index: CatalogRow) -> String {
    if index["contype"] == "x" { return " \(index["constraintdef"])" }
    let use =
      if index.holds("indisprimary") {
        " PRIMARY KEY,"
      } else if index.holds("indisunique") {
        index["contype"] == "u" ? " UNIQUE CONSTRAINT," : " UNIQUE,"
      } else {
        ""
      }
    let definition = index["indexdef"]
    return use + " \(definition.after(" USING ") ?? definition)"
      + (index.holds("condeferrable") ? " DEFERRABLE" : "")
      + (index.holds("condeferred") ? " INITIALLY DEFERRED" : "")
  }

  private func marks(_ index: CatalogRow) -> String {
    (index.holds("indisclustered") ? " CLUSTER" : "")
      + (index.holds("indisvalid") ? "" : " INVALID")
      + (index.holds("indisreplident") ? " REPLICA IDENTITY" : "")
      + (index.optional("spcname").map { ", tablespace \"\($0)\"" } ?? "")
  }
}

/// A heading with its indented lines; nothing where there are none.
func section(_ heading: String, _ lines: [String]) -> [String] {
  lines.isEmpty ? [] : [heading] + lines.map { "    " + $0 }
}

extension String {
  /// What follows the first occurrence of `mark`, nil where it doesn't occur.
  func after(_ mark: String) -> String? {
    let (text, mark) = (Array(unicodeScalars), Array(mark.unicodeScalars))
    guard text.count >= mark.count else { return nil }
    for start in 0...(text.count - mark.count) where text[start..<(start + mark.count)].elementsEqual(mark) {
      var rest = String.UnicodeScalarView()
      rest.append(contentsOf: text[(start + mark.count)...])
      return String(rest)
    }
    return nil
  }
}

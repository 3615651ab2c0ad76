import Knowledge
import Postgres

extension Session {
  /// What is below a table or an index from the top down, where it is a partitioned one; nil where it isn't, or where
  /// nobody can say.
  mutating func partitions(of relation: SlotValue?) -> [Partition]? {
    guard let name = relation?.plainText, connection?.transactionStatus == .idle else { return nil }
    let rows = try? connection?.readOnly { (connection) throws(PostgresError) in
      let result = try connection.query(Self.partitionTree, [name])
      return (0..<result.rowCount).map { row in
        (0..<result.columnCount).map { result.string(row: row, column: $0) }
      }
    }
    guard let rows, let root = rows.first, root[3] == "p" || root[3] == "I" else { return nil }
    return rows.dropFirst().compactMap { row in
      guard let table = row[1] else { return nil }
      let above = row[5].map { QualifiedName(schema: row[4], $0) }
      return Partition(QualifiedName(schema: row[0], table), above: row[2] == "1" ? nil : above, isLeaf: row[3] != "p")
    }
  }

  /// The catalog alone, which waits behind nobody's lock.
  private static let partitionTree = """
    /* pgmedic */ WITH RECURSIVE tree (id, above, depth) AS (
      SELECT $1::pg_catalog.regclass::pg_catalog.oid, NULL::pg_catalog.oid, 0
      UNION ALL
      SELECT i.inhrelid, i.inhparent, t.depth + 1
      FROM pg_catalog.pg_inherits i JOIN tree t ON t.id = i.inhparent
    )
    SELECT n.nspname, c.relname, t.depth, c.relkind, an.nspname, a.relname
    FROM tree t
    JOIN pg_catalog.pg_class c ON c.oid = t.id
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class a ON a.oid = t.above
    LEFT JOIN pg_catalog.pg_namespace an ON an.oid = a.relnamespace
    ORDER BY t.depth, n.nspname, c.relname
    """
}

import Postgres

/// SQL that reads the rows of some blocks of a table and nothing else of it.
///
/// From 14 on a range of TIDs reads one block once; on 13 it would read the whole table, so that every line pointer a
/// block can have is asked for, each of which counts as a buffer hit. Very wide tables go that way, too: sixty-four
/// ranges over a thousand columns take the planner longer than the reading.
struct BlockRows: Sendable {
  /// `ONLY schema.name`.
  let source: String
  /// Columns to be read, quoted.
  let columns: [String]
  /// The server's major version.
  let major: Int
  let blockSize: Int

  /// As many blocks as one statement reads.
  static let most = 64

  private var usesRanges: Bool { major >= 14 && columns.count <= 200 }
  private var list: String { (["ctid"] + columns).joined(separator: ", ") }

  /// A block's number, of a row called `t`.
  static let block = "pg_catalog.substr(pg_catalog.split_part(t.ctid::text, ',', 1), 2)::bigint"

  /// A relation for FROM, to be called `t`, over `count` blocks, which `parameters` gives.
  func relation(_ count: Int) -> String {
    guard usesRanges else {
      return """
        (SELECT \(list) FROM \(source) WHERE ctid = ANY (ARRAY(
          SELECT ('(' || b.block || ',' || o.slot || ')')::tid
          FROM pg_catalog.unnest($1::bigint[]) AS b (block)
          CROSS JOIN pg_catalog.generate_series(1, \((blockSize - 24) / 28)) AS o (slot))))
        """
    }
    let ranges = (1...max(1, count)).map { number in
      "SELECT \(list) FROM \(source) WHERE ctid >= ($1::tid[])[\(number)] AND ctid < ($2::tid[])[\(number)]"
    }
    return "(\(ranges.joined(separator: " UNION ALL ")))"
  }

  func parameters(_ blocks: ArraySlice<Int>) -> [String?] {
    guard usesRanges else { return [ArrayText.write(blocks)] }
    return [ArrayText.write(blocks.map { "(\($0),0)" }), ArrayText.write(blocks.map { "(\($0 + 1),0)" })]
  }

  /// Runs `sql`, which gets the relation, over the blocks, some at a time.
  func rows(
    _ connection: borrowing Connection, _ blocks: [Int], _ sql: (String) -> String
  ) throws(PostgresError) -> [Row] {
    var rows: [Row] = []
    var start = 0
    while start < blocks.count {
      let part = blocks[start..<min(blocks.count, start + Self.most)]
      rows += try connection.rows(sql(relation(part.count)), parameters(part))
      start = part.endIndex
    }
    return rows
  }
}

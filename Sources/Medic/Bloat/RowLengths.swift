/// SQL that tells how long each row of some blocks would be after a rebuild.
///
/// Lengths come from single columns: `pg_column_size` of a whole row would fetch every TOASTed value, that of a column
/// doesn't. The sum follows the server's layout: header, bitmap of nulls, each value at its alignment (varlenas of up to
/// 127 bytes at none), all rounded up to 8.
struct RowLengths {
  private let table: TableLayout
  private let blockSize: Int

  init(_ table: TableLayout, blockSize: Int) {
    self.table = table
    self.blockSize = blockSize
  }

  /// Rows: block, lengths of its visible rows. $1 is the list of blocks.
  ///
  /// All line pointers that a block can have are asked for: a TID scan reads just those blocks, on every version.
  var sql: String {
    let slots = (blockSize - 24) / 28
    return """
      SELECT s.block, pg_catalog.array_agg(\(Self.aligned(inline))) AS lengths
      FROM (
        SELECT pg_catalog.substr(pg_catalog.split_part(t.ctid::text, ',', 1), 2)::bigint AS block,
          \(header) + \(data) AS length\(table.hasTOAST ? ", ARRAY[\(movable)]::int[] AS movable" : "")
        FROM \(table.source) AS t
        WHERE t.ctid = ANY (ARRAY(
          SELECT ('(' || b.block || ',' || o.slot || ')')::tid
          FROM pg_catalog.unnest($1::bigint[]) AS b (block)
          CROSS JOIN pg_catalog.generate_series(1, \(slots)) AS o (slot)))
        OFFSET 0
      ) AS s
      GROUP BY s.block ORDER BY s.block
      """
  }

  private var stored: [TableLayout.Column] { table.columns.filter { $0.isStored } }

  private func reference(_ column: TableLayout.Column) -> String { "t.\(SQLName.quoted(column.name))" }

  private static func aligned(_ length: String) -> String { "((\(length)) + 7) & ~7" }

  /// 23 bytes, and a bit a column where a value is null, rounded up to 8.
  private var header: String {
    let withNulls = (23 + (table.columns.count + 7) / 8 + 7) / 8 * 8
    // A rebuild stores null for a dropped column.
    if stored.count < table.columns.count { return "\(withNulls)" }
    let nullable = stored.filter { !$0.isNotNull }.map { "\(reference($0)) IS NULL" }
    if nullable.isEmpty || withNulls == 24 { return "24" }
    return "CASE WHEN \(nullable.joined(separator: " OR ")) THEN \(withNulls) ELSE 24 END"
  }

  /// The values one after the other. Every step names the offset before it once, so that the text stays linear.
  private var data: String {
    var offset = "0"
    for column in stored {
      let value = reference(column)
      let mask = column.alignment - 1
      if column.length > 0 && column.isNotNull {
        offset = Self.step(offset, mask: mask == 0 ? nil : "\(mask)", size: "\(column.length)")
      } else if column.length > 0 {
        let here = "(\(value) IS NOT NULL)::int"
        offset = Self.step(offset, mask: mask == 0 ? nil : "\(mask) * \(here)", size: "\(column.length) * \(here)")
      } else {
        let size = "coalesce(pg_catalog.pg_column_size(\(value)), 0)"
        // Values stored plainly always have the long header; others only when they don't fit the short one.
        let least = column.storage == "p" ? 0 : 127
        let isLong = "CASE WHEN pg_catalog.pg_column_size(\(value)) > \(least) THEN \(mask) ELSE 0 END"
        offset = Self.step(offset, mask: column.length == -2 || mask == 0 ? nil : isLong, size: size)
      }
    }
    return offset
  }

  private static func step(_ offset: String, mask: String?, size: String) -> String {
    guard let mask else { return "(\(offset) + \(size))" }
    return "(((\(offset) + \(mask)) & ~(\(mask))) + \(size))"
  }

  /// Sizes of the values that may be moved out of line.
  private var movable: String {
    stored.filter { $0.length == -1 && ($0.storage == "x" || $0.storage == "e") }
      .map { "pg_catalog.pg_column_size(\(reference($0)))" }.joined(separator: ", ")
  }

  /// The length in the heap. Rows too long for a quarter of a block have their biggest values out of line, an 18-byte
  /// pointer in each one's place, until the rest is short enough; `pg_column_size` gives the size of the value itself.
  private var inline: String {
    guard table.hasTOAST else { return "s.length" }
    let threshold = (blockSize - 40) / 4 / 8 * 8
    let target = table.toastTarget ?? threshold
    return """
      CASE WHEN s.length <= \(threshold) THEN s.length ELSE s.length - coalesce((
          SELECT pg_catalog.sum(v.gain) FROM (
            SELECT m.size - 18 AS gain, s.length - coalesce(pg_catalog.sum(m.size - 18)
              OVER (ORDER BY m.size DESC, m.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
            FROM pg_catalog.unnest(s.movable) WITH ORDINALITY AS m (size, position) WHERE m.size > 18
          ) AS v WHERE v.before > \(target)), 0)::int END
      """
  }
}

import Postgres

/// How many rows a table has, by a sample, and which blocks that was.
struct RowCount: Sendable {
  let rows: Double
  /// Half-width of its 95 % interval, in rows.
  let bar: Double
  /// The blocks of the first stage, and the rows on them.
  var blocks: [Int] = []
  var seen = 0
  /// The share of dead ones among all, where an extension told it.
  var dead = 0.0
}

/// A table's bloat from a sample of its blocks.
struct HeapSampler {
  /// What no sample shows: values whose header a rebuild makes shorter, stretches shorter than a sixty-fourth.
  private static let modelError = 0.005

  /// What the sample tells: the share to be had back (nil for a table of less than 64 kB), and the rows there are.
  struct Answer: Sendable {
    let estimate: BloatEstimate?
    let count: RowCount
  }

  let table: TableLayout
  let seed: Int
  let blockSize: Int
  let threshold: Double
  let lengths: RowLengths
  let clock: SampleClock

  /// Reads 64 blocks, then up to 256 and 1024 if the answer is still vague.
  func sample(_ connection: borrowing Connection) throws(PostgresError) -> Answer {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(table.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    var seen: [Int: [Int]] = [:]
    var answer = Answer(estimate: nil, count: RowCount(rows: 0, bar: 0))
    for stage in BlockSample.stages {
      let blocks = BlockSample.blocks(stage, of: total, seed: seed)
      let new = blocks.filter { seen[$0] == nil }
      for block in new { seen[block] = [] }
      for row in try lengths.rows.rows(connection, new, { lengths.sql($0) }) {
        if let block = row.int("block") { seen[block] = row.ints("lengths") }
      }
      answer = self.answer(blocks, seen, total)
      guard let estimate = answer.estimate, blocks.count < total, estimate.isVague(threshold), clock.allowsMore else {
        break
      }
    }
    return answer
  }

  private func answer(_ blocks: [Int], _ lengths: [Int: [Int]], _ total: Int) -> Answer {
    let inOrder = blocks.map { lengths[$0] ?? [] }
    let isWhole = blocks.count == total
    let (rows, rowsBar) = BlockSample.mean(inOrder.map { Double($0.count) }, of: total)
    let first = BlockSample.blocks(BlockRows.most, of: total, seed: seed)
    let count = RowCount(
      rows: rows * Double(total), bar: rowsBar * Double(total), blocks: first,
      seen: first.reduce(0) { $0 + (lengths[$1]?.count ?? 0) })
    guard total * blockSize >= 65536 else { return Answer(estimate: nil, count: count) }
    let packing = HeapPacking(inOrder.joined(), blockSize: blockSize, fillFactor: table.fillFactor)
    let bytes = inOrder.map { $0.reduce(0) { $0 + $1 + 4 } }
    let all = bytes.reduce(0, +)
    // What a block's rows will fill, ends of blocks that stay empty included.
    let filled = bytes.map { all == 0 ? 0 : Double($0) * packing.exact / Double(all) }
    let (mean, bar) = BlockSample.mean(filled, of: total)
    // The last block of the new file is half full on average.
    let needed = isWhole ? Double(packing.blocks) : all == 0 ? 0 : mean * Double(total) + 0.5
    let estimate = BloatEstimate(
      size: total, share: 1 - needed / Double(total), bar: bar + (isWhole ? 0.002 : Self.modelError),
      method: isWhole ? "all \(total) blocks" : "\(blocks.count) of \(total) blocks", confidence: .high,
      blocksRead: blocks.count)
    return Answer(estimate: estimate, count: count)
  }
}

/// How long one relation's transaction may go on reading: whoever wants the table for himself waits for it.
struct SampleClock: Sendable {
  private let start = ContinuousClock.now

  /// The limit of each statement, in milliseconds.
  static let limit = 1000

  /// Half the second is left.
  var allowsMore: Bool { ContinuousClock.now - start < .milliseconds(Self.limit / 2) }
}

import Postgres

/// A table's bloat from a sample of its blocks.
struct HeapSampler {
  /// What the sample tells: the share to be had back, and about how many rows there are.
  struct Answer: Sendable {
    let estimate: BloatEstimate
    let rows: Double
  }

  /// What no sample shows: alignment of values that an ALTER TABLE added, pages that a rebuild leaves with room.
  private static let modelError = 0.005

  let table: TableLayout
  let seed: Int
  let blockSize: Int
  let threshold: Double

  /// Reads 64 blocks, then 256 and 1024 if the answer is still vague. nil for a table of less than 64 kB.
  func sample(_ connection: borrowing Connection) throws(PostgresError) -> Answer? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(table.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let sql = RowLengths(table, blockSize: blockSize).sql
    var answer: Answer?
    for count in [64, 256, 1024] {
      let blocks = BlockSample.blocks(count, of: total, seed: seed)
      let rows = try connection.rows(sql, [ArrayText.write(blocks)])
      let found = self.answer(rows, blocks, total)
      answer = found
      if blocks.count >= total || !found.estimate.isVague(threshold) { break }
    }
    return answer
  }

  private func answer(_ rows: [Row], _ blocks: [Int], _ total: Int) -> Answer {
    let lengths = Dictionary(rows.map { ($0.int("block") ?? -1, $0.ints("lengths")) }) { first, _ in first }
    let inOrder = blocks.map { lengths[$0] ?? [] }
    let packed = Packing.blocks(inOrder.joined(), blockSize: blockSize, fillFactor: table.fillFactor)
    let bytes = inOrder.map { $0.reduce(0) { $0 + $1 + 4 } }
    let all = bytes.reduce(0, +)
    // What a block's rows will fill, ends of blocks that stay empty included.
    let filled = bytes.map { all == 0 ? 0 : Double($0) * packed / Double(all) }
    let (mean, bar) = BlockSample.mean(filled, of: total)
    let count = inOrder.reduce(0) { $0 + $1.count }
    let estimate = BloatEstimate(
      size: total, share: 1 - mean, bar: bar + Self.modelError,
      method: blocks.count == total ? "all \(total) blocks" : "\(blocks.count) of \(total) blocks", confidence: .high)
    return Answer(estimate: estimate, rows: Double(count) / Double(max(1, blocks.count)) * Double(total))
  }
}

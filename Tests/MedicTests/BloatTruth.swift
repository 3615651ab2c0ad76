import Postgres
import Testing

@testable import Medic

/// What `\bloat` thought of relations against what a rebuild of each really gave back.
struct BloatTruth {
  /// One relation: the share thought to be had back, and the share that was.
  struct Case {
    let name: String
    let kind: String
    let share: Double
    let bar: Double
    let verdict: String
    let method: String
    let blocksRead: Int?
    let blocks: Int
    let truth: Double

    var error: Double { abs(share - truth) }
    /// Shares have three digits in a report.
    var isInside: Bool { error <= bar + 0.001 }
    /// A decided verdict that the rebuild contradicts.
    var isWrong: Bool { verdict == "yes" && truth < 0.3 || verdict == "no" && truth > 0.3 }
    var line: String {
      let numbers = [share, bar, truth].map { String(($0 * 1000).rounded() / 1000) }.joined(separator: " ")
      return "\(isInside ? "" : "OUTSIDE ")\(isWrong ? "WRONG " : "")\(kind) \(name): \(numbers) (\(method))"
    }
  }

  var cases: [Case]

  /// Looks, rebuilds every table of the schemas with its TOAST and indexes, and compares.
  init(_ connection: borrowing Connection, _ options: [(name: String, value: String)] = []) throws {
    let guesses = try BloatTruth.guesses(connection, options)
    try BloatTruth.rebuild(connection)
    cases = BloatTruth.compare(guesses, try BloatTruth.sizes(connection))
  }

  init(_ cases: [Case]) { self.cases = cases }

  /// A report's figures, without the truth: that is 0 in them. A file's number differs from run to run, and with it the
  /// blocks that are drawn, so that a seed is given.
  static func guesses(
    _ connection: borrowing Connection, _ options: [(name: String, value: String)] = []
  ) throws -> [Case] {
    let seeded = options.contains { $0.name == "seed" } ? [] : [(name: "seed", value: "1")]
    let report = try BloatCheck.look(connection, options + seeded + [("tables", "2000")])
    #expect(report.notAssessed.filter { !$0.reason.hasPrefix("gin") } == [])
    guard case .table(let columns, let rows)? = report.figures.first?.content else { return [] }
    #expect(
      columns == [
        "relation", "kind", "size_bytes", "bloat", "error_bar", "reclaimable_bytes", "verdict", "method", "blocks_read",
      ])
    return rows.compactMap { row in
      guard case .double(let share) = row[3], case .double(let bar) = row[4], case .int(let bytes) = row[2] else {
        return nil
      }
      return Case(
        name: row[0].text, kind: row[1].text, share: share, bar: bar, verdict: row[6].text, method: row[7].text,
        blocksRead: Int(row[8].text), blocks: bytes / 8192, truth: 0)
    }
  }

  /// Bytes of every relation by its kind and name.
  static func sizes(_ connection: borrowing Connection) throws -> [String: Int] {
    let rows = try connection.rows(
      """
      SELECT format('%s %I.%I', CASE c.relkind WHEN 'i' THEN 'index' ELSE 'table' END, n.nspname, c.relname) AS name,
        pg_relation_size(c.oid) AS size
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm', 'i') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      UNION ALL
      SELECT format('toast %I.%I', n.nspname, c.relname), pg_relation_size(c.reltoastrelid)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.reltoastrelid <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      """)
    return Dictionary(rows.map { ($0.text("name"), $0.int("size") ?? 0) }) { first, _ in first }
  }

  static func rebuild(_ connection: borrowing Connection) throws {
    let tables = try connection.rows(
      """
      SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
      """)
    // A session that is just logging in elsewhere belongs to no database yet, and its snapshot keeps dead rows: what the
    // first rebuild has kept, the second removes.
    for _ in 1...2 {
      try Scratch.waitUntilAlone(on: connection)
      try connection.execute("VACUUM FULL \(tables.map { $0.text("name") }.joined(separator: ", "))")
    }
  }

  static func compare(_ guesses: [Case], _ after: [String: Int]) -> [Case] {
    guesses.map { guess in
      let kind = guess.kind == "materialized_view" ? "table" : guess.kind
      // What grows when it is rebuilt gives nothing back.
      let left = Double(after["\(kind) \(guess.name)"] ?? 0) / Double(max(1, guess.blocks * 8192))
      return Case(
        name: guess.name, kind: guess.kind, share: guess.share, bar: guess.bar, verdict: guess.verdict,
        method: guess.method, blocksRead: guess.blocksRead, blocks: guess.blocks, truth: max(0, 1 - left))
    }
  }

  func of(_ kinds: String...) -> BloatTruth { BloatTruth(cases.filter { kinds.contains($0.kind) }) }

  var meanError: Double { cases.reduce(0) { $0 + $1.error } / Double(max(1, cases.count)) }
  var insideShare: Double { Double(cases.filter { $0.isInside }.count) / Double(max(1, cases.count)) }
  var wrong: [String] { cases.filter { $0.isWrong }.map { $0.line } }

  /// One line for whoever reads the log.
  var summary: String {
    let read = cases.reduce(0) { $0 + ($1.blocksRead ?? 0) }
    let size = cases.reduce(0) { $0 + $1.blocks }
    let worst = cases.map { $0.error }.max() ?? 0
    let undecided = cases.filter { $0.verdict == "undecided" }.count
    func rounded(_ share: Double) -> Double { (share * 10000).rounded() / 10000 }
    return "\(cases.count) relations: mean error \(rounded(meanError)), worst \(rounded(worst)), inside the bar "
      + "\(rounded(insideShare)), wrong \(wrong.count), undecided \(undecided), read \(read) of \(size) blocks"
  }

  /// Each relation that is worth a second look.
  var oddities: String {
    cases.filter { $0.isWrong || !$0.isInside || $0.error > 0.03 }.map { $0.line }.sorted().joined(separator: "\n")
  }
}

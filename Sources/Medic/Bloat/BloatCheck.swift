public import Postgres

/// `\bloat`: space that a rebuild of tables, TOAST and indexes would give back, with method and error bar.
///
/// What a relation would need is worked out from what is in a sample of its blocks, packed as a rebuild packs it; the
/// verdict is "yes" or "no" only where the threshold lies outside the error bar.
public struct BloatCheck: Examination {
  public static let name = "bloat"
  public static let manual = Manual(
    "measure the space that a rebuild would give back, of tables, TOAST and indexes",
    details: """
      Reads a sample of blocks, packs their rows as a rebuild would, and says how sure that is. Each row names its
      method. (exact=on) reads everything with pgstattuple, where that is installed.

      Example: \\bloat (limit=50) public.*
      """)

  static let table = Card(
    "bloat-table", severity: .warning, in: .storage, entry: "table-bloat",
    summary: "tables that a rebuild would shrink")
  static let toast = Card(
    "bloat-toast", severity: .warning, in: .storage, entry: "table-bloat",
    summary: "TOAST tables that a rebuild would shrink")
  static let index = Card(
    "bloat-index", severity: .warning, in: .storage, entry: "index-bloat-reindex",
    summary: "indexes that a rebuild would shrink")
  public static let rules = [table, toast, index]

  public static let options = [
    Option("threshold", .integer, default: "30", "per cent of reclaimable space from which on it is a finding"),
    Option("min_size", .size, default: "64kB", "leave smaller relations out"),
    Option("tables", .integer, default: "200", "look at that many tables, the biggest first"),
    Option("exact", .flag, default: "off", "read tables whole, by pgstattuple"),
    Option("indexes", .flag, default: "on", "look at indexes, too"),
    Option("seed", .integer, "draw other blocks; without it, the same file gives the same blocks each time"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rule = Self.table.rule
    let parameters = inquiry.request.scope.parameters
    guard
      let found = try inquiry.read(connection, [Candidates.query], parameters, for: rule),
      let measures = try inquiry.read(connection, [Measures.query], for: rule).map({ Measures($0) })
    else { return }
    let locks = try Locks.read(connection, &inquiry, for: rule)
    let horizon = try Horizon.holder(connection, &inquiry, for: rule)
    if let horizon { inquiry.notes.append(horizon) }
    var candidates = Candidates(found, blockSize: inquiry.server.blockSize)
    try candidates.measure(connection, &inquiry, locks: locks)
    let chosen = candidates.chosen(limit: inquiry.options.integer("tables") ?? 200)
    if chosen.cut > 0 {
      let reason = "\(chosen.cut) smaller tables left out: name them, or raise tables="
      inquiry.notAssessed.append(NotAssessed(rule, nil, reason))
    }
    var survey = Survey(inquiry, measures: measures, locks: locks, horizon: horizon)
    if !chosen.ids.isEmpty {
      let layouts = try inquiry.read(connection, [TableLayout.query], [ArrayText.write(chosen.ids)], for: rule) ?? []
      let sizes = candidates.sizes
      let byID = Dictionary(layouts.map { TableLayout($0) }.map { ($0.id, $0) }) { first, _ in first }
      for id in chosen.ids {
        guard let table = byID[id] else { continue }
        try survey.look(at: table, size: sizes[id] ?? 0, connection, &inquiry)
      }
      if inquiry.options.flag("indexes") {
        let ids = ArrayText.write(byID.values.filter { !$0.isTOAST }.map { $0.id }.sorted())
        let indexes = try inquiry.read(connection, [IndexLayout.query], [ids], for: Self.index.rule) ?? []
        for row in indexes { try survey.look(at: IndexLayout(row), connection, &inquiry) }
      }
    }
    report(survey, &inquiry)
  }

  private func report(_ survey: Survey, _ inquiry: inout Inquiry) {
    let results = survey.results.sorted {
      let (left, right) = ($0.estimate.reclaimable(1), $1.estimate.reclaimable(1))
      return left == right ? $0.object.fullName < $1.object.fullName : left > right
    }
    let indexes = results.filter { $0.object.kind == .index }.count
    inquiry.scope =
      "\(Quantity.count(results.count - indexes, "table")) and \(Quantity.count(indexes, "index", "indexes")) of 64 kB "
      + "or more"
    let blockSize = inquiry.server.blockSize
    inquiry.figures.append(
      Figure(
        "relations", "reclaimable space",
        columns: [
          "relation", "kind", "size_bytes", "bloat", "error_bar", "reclaimable_bytes", "verdict", "method",
          "blocks_read",
        ],
        rows: results.map { result in
          let estimate = result.estimate
          return [
            .text(result.object.displayName), .text(result.object.kind.rawValue), .int(estimate.size * blockSize),
            .double(Self.rounded(estimate.share)), .double(Self.rounded(estimate.bar)),
            .int(estimate.reclaimable(blockSize)), .text(estimate.verdict(survey.threshold).rawValue),
            .text(estimate.method), estimate.blocksRead.map { .int($0) } ?? .null,
          ]
        }, isDetail: true))
    for result in results where isReported(result.estimate, survey.threshold, blockSize) {
      inquiry.findings.append(finding(result, survey, blockSize))
    }
    let bloated = results.filter { $0.estimate.verdict(survey.threshold) == .yes }
    let bytes = bloated.reduce(0) { $0 + $1.estimate.reclaimable(blockSize) }
    let undecided = results.filter { $0.estimate.verdict(survey.threshold) == .undecided }.count
    let read = results.reduce(0) { $0 + ($1.estimate.blocksRead ?? 0) }
    let size = results.reduce(0) { $0 + $1.estimate.size }
    inquiry.summary =
      "\(bloated.count) of \(Quantity.count(results.count, "relation")) bloated, about "
      + "\(Quantity.pretty(bytes: bytes)) to be had back; \(undecided) undecided; "
      + "read \(read) of \(size) blocks"
  }

  /// An undecided one is worth a line only where there may be much to be had back.
  private func isReported(_ estimate: BloatEstimate, _ threshold: Double, _ blockSize: Int) -> Bool {
    switch estimate.verdict(threshold) {
    case .yes: true
    case .no: false
    case .undecided: estimate.reclaimable(blockSize) >= 1_048_576
    }
  }

  private func finding(_ result: Survey.Result, _ survey: Survey, _ blockSize: Int) -> Finding {
    let estimate = result.estimate
    let verdict = estimate.verdict(survey.threshold)
    let reclaimable = estimate.reclaimable(blockSize)
    let size = Quantity.pretty(bytes: estimate.size * blockSize)
    var message = "\(estimate.text) of \(size) reclaimable"
    if verdict == .undecided { message = "undecided: " + message }
    message += " (\(estimate.method))"
    let card: Card
    switch result.object.kind {
    case .index: card = Self.index
    case .toast: card = Self.toast
    default: card = Self.table
    }
    // Not worth a rebuild, whatever the share.
    let isSmall = reclaimable < 1_048_576
    return Finding(
      card, on: result.object, message, severity: verdict == .undecided || isSmall ? .info : nil,
      evidence: [
        Fact("bloat", .double(Self.rounded(estimate.share))), Fact("error_bar", .double(Self.rounded(estimate.bar))),
        Fact("verdict", .text(verdict.rawValue)), Fact("size_bytes", .int(estimate.size * blockSize)),
        Fact("reclaimable_bytes", .int(reclaimable)), Fact("method", .text(estimate.method)),
      ] + (estimate.blocksRead.map { [Fact("blocks_read", .int($0))] } ?? []),
      confidence: verdict == .undecided ? .low : estimate.confidence,
      remedy: verdict == .yes ? remedy(result, survey.horizon) : nil, weight: Double(reclaimable))
  }

  private func remedy(_ result: Survey.Result, _ horizon: String?) -> Remedy {
    let object = result.object
    if object.kind == .index {
      return .reindex(
        schema: object.schema ?? "", name: object.name, concurrently: !result.isExclusion, warning: horizon)
    }
    return .rebuild(schema: object.schema ?? "", table: object.name, warning: horizon)
  }

  private static func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}

/// The performance checklist, each box decided by the rules that know.
enum Checklist {
  private struct Box {
    let title: String
    /// The rules that must find nothing; none where no server can tell.
    let rules: Set<String>
    /// What to type to see more, or to have it judged.
    let command: String
    /// Why the box stays open where none of the rules was judged.
    let otherwise: String
  }

  private static let boxes = [
    Box(
      title: "WHERE columns have indexes", rules: ["index-missing"],
      command: "\\advise", otherwise: "the recorded workload was not looked at"),
    Box(
      title: "foreign keys have indexes", rules: ["fk-without-index", "fk-weak-index"],
      command: "\\fkcheck", otherwise: "foreign keys were not looked at"),
    Box(
      title: "no sequential scans on large tables", rules: [SequentialScans.card.rule],
      command: "\\kb check-seq-scans", otherwise: "scans are counted over time: left out here"),
    Box(
      title: "JSONB queries use fitting indexes", rules: ["conv-jsonb-without-index"],
      command: "\\conventions", otherwise: "the recorded workload was not looked at"),
    Box(
      title: "migrations can be undone", rules: [], command: "\\kb check-reversible",
      otherwise: "a server does not hold its migrations"),
  ]

  /// A row a box: `yes`, `no` or `not assessed`, and what that rests on.
  static func figure(_ outcomes: [PartOutcome]) -> Figure {
    Figure(
      "checklist", "performance checklist", columns: ["box", "state", "evidence", "command"],
      rows: boxes.map { box in
        let (state, evidence) = judge(box, outcomes)
        return [.text(box.title), .text(state), .text(evidence), .text(box.command)]
      })
  }

  private static func judge(_ box: Box, _ outcomes: [PartOutcome]) -> (state: String, evidence: String) {
    let parts = outcomes.filter { !$0.rules.isDisjoint(with: box.rules) }
    guard !parts.isEmpty else { return ("not assessed", box.otherwise) }
    let findings = parts.flatMap { $0.findings }.filter { box.rules.contains($0.rule) }
    let gaps = parts.flatMap { $0.notAssessed }.filter { box.rules.contains($0.rule) }
    if let first = findings.first {
      let more = findings.count > 1 ? " and \(findings.count - 1) more" : ""
      return ("no", "\(first.object.displayName)\(more)")
    }
    if let gap = gaps.first {
      let what = gap.object.map { "\($0.displayName): " } ?? ""
      return ("not assessed", what + gap.reason)
    }
    let ignored = parts.reduce(0) { $0 + $1.ignored }
    let exceptions = ignored == 0 ? [] : ["\(ignored) left alone by .pgmedic-ignore"]
    return ("yes", (parts.map { $0.scope } + exceptions).joined(separator: "; "))
  }
}

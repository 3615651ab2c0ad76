/// What one examination came to within a `\checkup`.
struct PartOutcome: Sendable {
  let name: String
  let isCommand: Bool
  let rules: Set<String>
  /// Without those that are ignored.
  let findings: [Finding]
  let ignored: Int
  /// Counted, but not made.
  let unmade: Int
  let notAssessed: [NotAssessed]
  let scope: String
  let outcome: String

  init(_ part: any Examination.Type, _ answer: Inquiry, ignoring: IgnoreList) {
    name = part.name
    isCommand = !Checkup.own.contains { $0.name == part.name }
    let isStatic = answer.request.isStatic
    rules = Set(part.rules.filter { !isStatic || !$0.dependsOnLoad }.map { $0.rule })
    unmade = answer.unmade
    findings = answer.findings.filter { !ignoring.covers($0) }
    ignored = answer.findings.count - findings.count
    notAssessed = answer.notAssessed
    scope = answer.scope
    let outcome = answer.outcome(findings.count + unmade)
    let isSaid = answer.notAssessed.isEmpty || outcome.contains("not assessed")
    self.outcome = outcome + (isSaid ? "" : "; not assessed: \(answer.notAssessed.count)")
  }

  /// What to type for more; nothing where `\checkup` alone looks.
  var command: String { isCommand ? "\\\(name)" : name }

  var worst: Severity? { findings.map { $0.severity }.max() }

  /// One row a command, worst first.
  static func figure(_ outcomes: [PartOutcome]) -> Figure {
    let sorted = outcomes.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if one.worst != other.worst { return rank(one.worst) > rank(other.worst) }
      return left.offset < right.offset
    }
    return Figure(
      "commands", "what each command came to",
      columns: ["command", "findings", "worst", "result"],
      rows: sorted.map { _, outcome in
        [
          .text(outcome.command), .int(outcome.findings.count + outcome.unmade), Value(outcome.worst?.rawValue),
          .text(outcome.outcome),
        ]
      })
  }

  private static func rank(_ severity: Severity?) -> Int {
    severity.flatMap { Severity.allCases.firstIndex(of: $0) } ?? -1
  }
}

/// From which severity on the findings of a run make it fail (`--fail-on`).
public enum FailOn: String, Sendable, CaseIterable {
  case none, info, warning, error

  private var threshold: Severity? {
    switch self {
    case .none: nil
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }

  /// Whether these reports make the run fail (exit status 4).
  ///
  /// What is ignored doesn't count, what `limit=` cut off does. What could not be assessed counts only when asked for
  /// (`--fail-on-unassessed`).
  public func isReached(by reports: [Report], orUnassessed: Bool = false) -> Bool {
    if orUnassessed, reports.contains(where: { !$0.notAssessed.isEmpty }) { return true }
    guard let threshold else { return false }
    return reports.contains { report in report.worst.map { $0 >= threshold } ?? false }
  }
}

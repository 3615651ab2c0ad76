/// What `.pgmedic-ignore` takes out of reports: known findings, with the reason why they are left alone.
///
/// One entry a line: the rule, the object as a pattern over its full name, optionally `until=2027-01-31`, then `#` and
/// the reason. `*` and `?` are wildcards; the object is `schema.name`, or `schema.table.name`.
///
///     fk-without-index  billing.audit*        # written once, never deleted from
///     index-unused      *  until=2027-01-31   # the new release uses them
public struct IgnoreList: Sendable {
  public struct Entry: Sendable, Equatable {
    public let rule: String
    public let object: String
    /// `YYYY-MM-DD`; the entry counts up to and with that day.
    public let until: String?
    public let reason: String
    public let line: Int
  }

  public let entries: [Entry]
  /// Lines that are no entry, with what is wrong.
  public let mistakes: [String]

  /// The empty list.
  public init() {
    entries = []
    mistakes = []
  }

  /// Reads the text of a file; `today` is `YYYY-MM-DD` and decides which entries have expired.
  public init(_ text: String, today: String) {
    var entries: [Entry] = []
    var mistakes: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let words = (parts.first ?? "").split(whereSeparator: \.isWhitespace).map { String($0) }
      if words.isEmpty { continue }
      let reason = parts.count > 1 ? parts[1].split(whereSeparator: \.isWhitespace).joined(separator: " ") : ""
      guard words.count == 2 || (words.count == 3 && words[2].hasPrefix("until=")) else {
        mistakes.append("line \(index + 1): expected RULE OBJECT [until=YYYY-MM-DD] # REASON")
        continue
      }
      let until = words.count == 3 ? String(words[2].dropFirst("until=".count)) : nil
      if reason.isEmpty {
        mistakes.append("line \(index + 1): an entry needs a reason after #")
      } else if let until, !IgnoreList.isDate(until) {
        mistakes.append("line \(index + 1): \"\(until)\" is no date like 2027-01-31")
      } else if let until, until < today {
        mistakes.append("line \(index + 1): expired on \(until)")
      } else {
        entries.append(Entry(rule: words[0], object: words[1], until: until, reason: reason, line: index + 1))
      }
    }
    self.entries = entries
    self.mistakes = mistakes
  }

  /// Whether an entry takes the finding out.
  public var isEmpty: Bool { entries.isEmpty }

  public func covers(_ finding: Finding) -> Bool { covers(finding.rule, finding.object) }

  func covers(_ rule: String, _ object: DatabaseObject) -> Bool {
    entries.contains { IgnoreList.matches($0, rule, object) }
  }

  /// The entries that none of these findings needed, of the rules that were looked at.
  public func unused(_ findings: [Finding], rules: Set<String>) -> [Entry] {
    entries.filter { entry in
      rules.contains { IgnoreList.like(entry.rule, $0) }
        && !findings.contains { IgnoreList.matches(entry, $0.rule, $0.object) }
    }
  }

  private static func matches(_ entry: Entry, _ rule: String, _ object: DatabaseObject) -> Bool {
    like(entry.rule, rule) && [object.fullName, object.displayName].contains { like(entry.object, $0) }
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map({ $0.count }) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
      return false
    }
    return (1...12).contains(Int(parts[1]) ?? 0) && (1...31).contains(Int(parts[2]) ?? 0)
  }

  /// Wildcards `*` and `?` over the whole text.
  static func like(_ pattern: String, _ text: String) -> Bool {
    let pattern = Array(pattern)
    let text = Array(text)
    var (p, t) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

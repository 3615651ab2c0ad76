import SQLText

/// The findings of an earlier run, as `--report` wrote them, that a later run is compared with.
public struct Baseline: Sendable {
  /// A finding of the earlier run: what it takes to know it again, and to name it.
  struct Entry: Sendable, Hashable {
    let rule: String
    let object: DatabaseObject
  }

  public enum Mistake: Error, Sendable, Equatable {
    /// The text isn't what `--report` writes; says why.
    case foreign(String)
  }

  let entries: [Entry]
  let database: String
  /// Findings that the earlier run counted but didn't write.
  let cutOff: Int

  /// Reads one or more JSON documents `pgmedic.findings/1` in a row.
  public init(_ text: String) throws(Mistake) {
    var entries: [Entry] = []
    var database: String?
    var cutOff = 0
    for document in Baseline.documents(text) {
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONValue(parsing: document)
      } catch {
        throw .foreign("not JSON: \(error.message)")
      }
      guard let schema = value["schema"]?.string else { throw .foreign("not a report of pgmedic's") }
      guard schema == "pgmedic.findings/1" else {
        throw .foreign("its schema is \"\(schema)\", not \"pgmedic.findings/1\"")
      }
      guard let findings = value["findings"]?.array, let name = value["database"]?.string else {
        throw .foreign("it has no findings and no database")
      }
      for finding in findings { entries.append(try Baseline.entry(finding)) }
      cutOff += value["cut_off"]?.int ?? 0
      database = name
    }
    guard let database else { throw .foreign("it is empty") }
    self.entries = entries
    self.database = database
    self.cutOff = cutOff
  }

  /// `--report` puts the documents of several commands one behind the other, each ending in a `}` of its own line.
  private static func documents(_ text: String) -> [String] {
    var documents: [String] = []
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(line)
      if line == "}" {
        documents.append(lines.joined(separator: "\n"))
        lines = []
      }
    }
    let rest = lines.joined(separator: "\n")
    return rest.contains { !$0.isWhitespace } ? documents + [rest] : documents
  }

  private static func entry(_ finding: JSONValue) throws(Mistake) -> Entry {
    let object = finding["object"]
    guard let rule = finding["rule"]?.string, let name = object?["name"]?.string,
      let kind = object?["kind"]?.string.flatMap({ DatabaseObject.Kind(rawValue: $0) })
    else { throw .foreign("one of its findings has no rule or no object") }
    return Entry(
      rule: rule,
      object: DatabaseObject(
        kind, schema: object?["schema"]?.string, name: name, table: object?["table"]?.string))
  }
}

extension Baseline.Entry {
  var fingerprint: String { Finding.fingerprint(rule, object) }
}

/// What has changed since the baseline.
struct Comparison: Sendable {
  /// All findings, the new ones marked.
  let findings: [Finding]
  let new: [Finding]
  let figures: [Figure]
  let notes: [String]
  /// For the end of the summary: `since the baseline 2 new, 1 gone`.
  let summary: String
}

extension Baseline {
  /// - Parameters:
  ///   - findings: All of this run, without those that are ignored.
  ///   - rules: What this run has judged. What it hasn't isn't gone.
  func compared(
    with findings: [Finding], of database: String, rules: [Card], notAssessed: [NotAssessed], _ request: Request
  ) -> Comparison {
    let before = Set(entries.map { $0.fingerprint })
    let now = Set(findings.map { $0.fingerprint })
    var marked: [Finding] = []
    var new: [Finding] = []
    for var finding in findings {
      let isNew = !before.contains(finding.fingerprint)
      finding.evidence.append(Fact("since_baseline", isNew ? "new" : "still there"))
      if isNew {
        finding.message = "new: \(finding.message)"
        new.append(finding)
      }
      marked.append(finding)
    }
    let judged = Set(rules.map { $0.rule })
    let missing = entries.filter { !now.contains($0.fingerprint) }
    // What nobody has looked at this time isn't gone: other rights, a pattern, a lock, an ignore entry.
    let gone = missing.filter {
      judged.contains($0.rule) && request.scope.patterns.isEmpty && !request.ignoring.covers($0.rule, $0.object)
        && !Baseline.isLeftOut($0, notAssessed)
    }
    let counts: [Value] = [
      .int(new.count), .int(findings.count - new.count), .int(gone.count), .int(missing.count - gone.count),
    ]
    var figures = [
      Figure(
        "baseline", "since the baseline", columns: ["new", "still_there", "gone", "not_looked_at_now"], rows: [counts])
    ]
    if !gone.isEmpty {
      figures.append(
        Figure(
          "gone", "gone since the baseline", columns: ["rule", "object"],
          rows: gone.map { [.text($0.rule), .text($0.object.displayName)] }))
    }
    for index in figures.indices { figures[index].followsFindings = true }
    return Comparison(
      findings: marked, new: new, figures: figures, notes: notes(database),
      summary: "since the baseline \(new.count) new, \(gone.count) gone")
  }

  /// Whether this run could judge neither the rule nor the object or its table.
  private static func isLeftOut(_ entry: Entry, _ notAssessed: [NotAssessed]) -> Bool {
    notAssessed.contains { gap in
      guard gap.rule == entry.rule else { return false }
      guard let object = gap.object else { return true }
      return object.schema == entry.object.schema && [entry.object.name, entry.object.table].contains(object.name)
    }
  }

  private func notes(_ current: String) -> [String] {
    var notes: [String] = []
    if current != database { notes.append("the baseline is of another database, \(database)") }
    if cutOff > 0 {
      let left = Quantity.count(cutOff, "finding")
      notes.append("the baseline leaves out \(left) that its limit= cut off: what they were looks new here")
    }
    return notes
  }
}

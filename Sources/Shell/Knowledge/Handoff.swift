import Knowledge
import Medic
import SQLText

/// `\handoff FILE`: what this session found and did, as one note for the application's team.
struct WriteHandoff: MetaCommand {
  let help = Help(
    "handoff", arguments: [.file], in: .knowledge, syntax: "FILE",
    summary: "write the session's findings, templates and playbooks as one note",
    details: """
      One Markdown note for the application's team: migrations, SQL with its way back, index advice, other findings,
      what was done and verified, what the application has to change. An examination that ran twice counts with its
      last report. A file that is there is never overwritten.

      Example: \\fkcheck, \\fill index-concurrently …, then \\handoff orders-index.md
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else { throw .message("which file? \\handoff FILE") }
    let path = expandTilde(name)
    let note = HandoffNote(
      session.journal, session.documents.reports, server: session.surroundings(), written: "\(today()) \(timeOfDay())")
    guard !note.isEmpty else {
      throw .message(
        "there is nothing to hand over yet: examine something, fill in a template or play a playbook first")
    }
    if let why = createFile(path, note.text) { throw .message("\(name): \(why)") }
    session.say("Wrote \(name).\n")
    return .done
  }
}

/// The note of `\handoff`: what has to be put in place comes first, then why, then what was done.
struct HandoffNote {
  private let journal: Journal
  /// The last report of each command, in the order of their first.
  private let reports: [Report]
  private let server: String
  private let written: String

  init(_ journal: Journal, _ reports: [Report], server: String, written: String) {
    self.journal = journal
    var last: [Report] = []
    for report in reports {
      if let place = last.firstIndex(where: { $0.command == report.command }) {
        last[place] = report
      } else {
        last.append(report)
      }
    }
    self.reports = last
    self.server = server
    self.written = written
  }

  var isEmpty: Bool { journal.isEmpty && reports.isEmpty }

  var text: String {
    var text = "# Hand-over\n\n\(server); \(written).\n"
    func add(_ title: String, _ body: String) { if !body.isEmpty { text += "\n## \(title)\n\n\(body)" } }
    add("Migrations", files(of: .rails))
    add("SQL", files(of: .sql))
    add("Index advice", pages { $0 == "advise" })
    add("Queries and plans", pages { $0 == "explain" || $0 == "slow" })
    add("Findings", pages { !["advise", "explain", "slow"].contains($0) })
    add("What was done", journal.plays.map { Self.demoted($0.markdown, by: 2) }.joined(separator: "\n"))
    add("Verification", verification)
    add("For the application", journal.filled.flatMap { $0.notes }.map { "- \($0)\n" }.joined())
    return text
  }

  private func files(of target: Filled.Target) -> String {
    journal.filled.filter { $0.target == target }.map { filled in
      let slots = filled.slots.map { "\($0.name) = `\($0.value)`" }.joined(separator: ", ")
      let files = filled.files.map { file in
        "`\(file.name)`\n\n```\(target == .rails ? "ruby" : "sql")\n\(file.text)```\n"
      }
      return "From `\(filled.entry)`\(slots.isEmpty ? "" : ", \(slots)").\n\n" + files.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private func pages(_ isWanted: (String) -> Bool) -> String {
    let wanted = reports.filter { isWanted($0.command) }
    guard !wanted.isEmpty, let format = ReportFormats.named("markdown") else { return "" }
    return Self.demoted(format.document(wanted, toolVersion: Version.number), by: 1)
  }

  private var verification: String {
    var lines: [String] = []
    for filled in journal.filled where !filled.verify.isEmpty {
      lines.append("After `\(filled.entry)`, each is true:\n\n```sql\n\(filled.verify)\n```\n")
    }
    for play in journal.plays {
      let state = play.isCured.map { $0 ? "all checks hold" : "a check does not hold yet" } ?? "no check was run"
      lines.append("- `\(play.id)`: \(state)\n")
    }
    return lines.joined()
  }

  /// Markdown whose headings stand deeper.
  private static func demoted(_ markdown: String, by levels: Int) -> String {
    var isCode = false
    return markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("```") { isCode.toggle() }
      return !isCode && line.hasPrefix("#") ? String(repeating: "#", count: levels) + line : String(line)
    }.joined(separator: "\n")
  }
}

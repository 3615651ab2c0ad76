import Glibc
import Knowledge
import Medic
import Printing
import SQLText

/// `\fix [N] [(target=sql|rails, undo=on, out=FILE)]`: the remedies of the last findings.
struct Fix: MetaCommand {
  let help = Help(
    "fix", arguments: [.options(["target", "undo", "out"]), .any], in: .health,
    syntax: "[N] [(target=sql|rails, undo=on, out=FILE)]",
    summary: "remedies of the last findings; \\fix N puts number N into the query buffer",
    details: """
      Lists the remedies of the last report. With a number, that finding's remedy goes into the query buffer, where
      \\p shows it, \\e edits it and \\g runs it. It never runs anything by itself.

      (undo=on) takes the statements that take it back, (target=rails) the Rails migration, (out=FILE) writes
      a file instead of the buffer.

      Example: \\fkcheck, then \\fix 1, then \\g
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let (number, options) = try session.numberAndOptions(["target", "undo", "out"])
    guard let report = session.documents.last else {
      throw .message("there are no findings yet; examine something first, such as \\fkcheck")
    }
    guard let number else {
      session.showText(listing(of: report))
      return .done
    }
    guard let index = Int(number), index >= 1, index <= report.findings.count else {
      throw .message(
        "there is no finding \(number); \\\(report.command) reported \(report.findings.count) of them")
    }
    let finding = report.findings[index - 1]
    guard let remedy = finding.remedy else {
      throw .message("finding \(index) has no remedy that SQL can give; read \\kb \(finding.entry)")
    }
    let undo = try session.flag(options["undo"], "undo")
    let text = try script(remedy, finding, undo: undo, target: options["target"] ?? "sql", session)
    if let file = options["out"] {
      if let why = writeFile(expandTilde(file), text + "\n") { throw .message("\(file): \(why)") }
      session.say("Wrote \(file).\n")
      return .done
    }
    if let caution = remedy.caution { session.output.append("-- \(caution)\n") }
    guard options["target"] != "rails" else {
      session.showText(text + "\n")
      return .done
    }
    session.query = Array(text.utf8)
    session.remedy = session.query
    session.output.append(text + "\n")
    session.say("-- in the query buffer: \\g runs it, \\e edits it, \\r throws it away\n")
    return .done
  }

  private func listing(of report: Report) -> String {
    var text = "\\fix: remedies for the findings of \\\(report.command); nothing has been run\n"
    for (index, finding) in report.findings.enumerated() {
      text += "\n\(index + 1). \(finding.object.displayName): \(finding.message)\n"
      guard let remedy = finding.remedy else {
        text += "   no SQL for it; read \\kb \(finding.entry)\n"
        continue
      }
      for statement in remedy.sql {
        text +=
          statement.split(separator: "\n", omittingEmptySubsequences: false)
          .map { "   \($0)" }.joined(separator: "\n") + ";\n"
      }
    }
    return report.findings.isEmpty ? text + "There was nothing to remedy.\n" : text
  }

  private func script(
    _ remedy: Remedy, _ finding: Finding, undo: Bool, target: String, _ session: borrowing Session
  ) throws(CommandError) -> String {
    switch target {
    case "sql":
      if undo, remedy.undo.isEmpty { throw .message("this remedy can't be taken back") }
      return undo ? remedy.undoScript : remedy.script
    case "rails":
      guard let pattern = remedy.pattern else {
        throw .message("this remedy has no Rails migration; take it as SQL")
      }
      var slots: [String: SlotValue] = [:]
      for slot in remedy.slots { slots[slot.name] = .text(slot.value) }
      do throws(FillError) {
        return try KnowledgeBase.builtIn.fill(pattern, target: .rails, slots: slots).files.map {
          "# \($0.name)\n\($0.text)"
        }.joined(separator: "\n")
      } catch {
        throw .message(error.description)
      }
    default:
      throw .message("unknown target \"\(target)\"; there are sql and rails")
    }
  }
}

extension Session {
  /// Sends the statements of a remedy one by one, since CONCURRENTLY can't be in a message with others. After an
  /// error only what puts settings back is sent.
  mutating func sendRemedy(_ text: [UInt8]) -> Bool {
    var succeeded = true
    for statement in statements(of: text) where succeeded || firstKeywords(of: statement, atMost: 1) == ["reset"] {
      if !send(statement) { succeeded = false }
    }
    remedy = nil
    return succeeded
  }

  /// A text's statements, without semicolons.
  func statements(of text: [UInt8]) -> [[UInt8]] {
    var scanner = Scanner(standardStrings: usesStandardStrings)
    scanner.feed(text)
    var statements: [[UInt8]] = []
    var statement: [UInt8] = []
    while true {
      let found = scanner.next(appendingTo: &statement, variables: NoVariables())
      switch found {
      case .semicolon, .endOfLine:
        if statement.contains(where: { $0 > 32 }) { statements.append(statement) }
        statement.removeAll()
        if case .endOfLine = found { return statements }
      case .backslash, .incomplete:
        return statements
      }
    }
  }

  /// A number or id and an option list in either order, with unknown options refused.
  mutating func numberAndOptions(
    _ known: [String]
  ) throws(CommandError) -> (word: String?, options: [String: String]) {
    var word = try wordBeforeOptions()
    let (written, rest) = try optionList()
    if word == nil { word = rest.first }
    var options: [String: String] = [:]
    for (name, value) in written {
      guard known.contains(name) else {
        throw .message("unknown option \"\(name)\"; there are \(known.joined(separator: ", "))")
      }
      options[name] = value
    }
    return (word, options)
  }

  private mutating func wordBeforeOptions() throws(CommandError) -> String? {
    scanner.beginOfArgument() == UInt8(ascii: "(") ? nil : try argument()
  }

  func flag(_ text: String?, _ name: String) throws(CommandError) -> Bool {
    guard let text else { return false }
    guard let value = Variables.boolean(text) else { throw .message("\(name)= takes on or off, not \"\(text)\"") }
    return value
  }
}

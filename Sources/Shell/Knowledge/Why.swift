import Knowledge
import Postgres
import SQLText

/// `\why [MESSAGE]`: explains the last error, or one that is given, and names the playbook for it.
struct Why: MetaCommand {
  let help = Help(
    "why", arguments: [.text], in: .knowledge, syntax: "[MESSAGE]",
    summary: "explain the last error and name the playbook for it",
    details: """
      Without a text it takes the session's last error, with its table, constraint and column. With one it takes that:
      an SQLSTATE or a message.
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let base = session.knowledge()
    if let text = try session.argument(.wholeLine) {
      guard let entry = base.search(text, limit: 1).first.flatMap({ base.entry($0.id) }) else {
        throw .message("no entry of the knowledge base explains \"\(text)\"")
      }
      session.showText(render(entry, width: session.textWidth, colour: session.usesColour))
      return .done
    }
    guard let error = session.failure else {
      throw .message("there is no previous error; \\why MESSAGE explains one from elsewhere")
    }
    let report = ErrorReport(error)
    var text = "\(error.severity): \(error.message)\nSQLSTATE \(error.sqlState)\n"
    if let detail = error.detail { text += "Detail: \(detail)\n" }
    guard let entry = base.entries(for: report).first else {
      text +=
        "\nNo playbook of the knowledge base answers this SQLSTATE. \\kb WORDS searches; \\errverbose shows all fields.\n"
      session.showText(text)
      return .done
    }
    let slots = entry.slots(from: report)
    if !slots.isEmpty {
      text +=
        "\nFrom the error: "
        + slots.keys.sorted().map { "\($0) = \(slots[$0]?.plainText ?? "")" }.joined(separator: ", ") + "\n"
    }
    session.showText(text + "\n" + render(entry, width: session.textWidth, colour: session.usesColour))
    return .done
  }
}

extension SlotValue {
  /// As it is typed.
  var plainText: String? {
    switch self {
    case .text(let text): text
    case .name(let name): name.sql
    case .names(let names): names.map { SQLQuoting.identifier($0) }.joined(separator: ", ")
    }
  }
}

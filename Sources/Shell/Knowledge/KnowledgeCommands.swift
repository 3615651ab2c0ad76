import Glibc
import Knowledge
import Printing
import SQLText

/// `\kb [WORDS]`: searches the knowledge base; an id reads that entry.
struct SearchKnowledge: MetaCommand {
  let help = Help(
    "kb", arguments: [.text, .entry], in: .knowledge, syntax: "[WORDS | ID | (file=FILE)]",
    summary: "search the knowledge base; \\kb ID reads an entry",
    details: """
      Takes words, a symptom, a question, an SQLSTATE, or a whole error message as it was pasted. (file=FILE) reads
      the text from a file, (file=-) from standard input.

      Examples: \\kb lock timeout
                \\kb 53300
                \\kb index-concurrently
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var text = try session.argument(.wholeLine) ?? ""
    if let file = try fileName(text) {
      guard let bytes = file == "-" ? readFile("/dev/stdin") : readFile(expandTilde(file)) else {
        throw .message("\(file): \(errorText())")
      }
      text = String(decoding: bytes, as: UTF8.self)
    }
    let base = session.knowledge()
    for problem in base.problems { session.reporter.report(.warning, "\(problem)") }
    if session.documents.format != nil {
      session.destination.sink.append(searchDocument(query: text, hits: hits(text, base)) + "\n")
      session.finishOutput()
      return .done
    }
    if text.isEmpty {
      session.showText(contents(base))
      return .done
    }
    if let entry = base.entry(text) {
      session.showText(render(entry, width: session.textWidth, colour: session.usesColour))
      return .done
    }
    let found = base.search(text, limit: 10)
    if found.isEmpty {
      session.output.append(
        "Nothing found for \"\(text)\". Try fewer or other words, an SQLSTATE, or \\kb alone for the whole list.\n")
      return .done
    }
    session.show(table(found), session.titled("\\kb ID reads an entry"))
    return .done
  }

  /// The id itself comes first where the text is one.
  private func hits(_ text: String, _ base: KnowledgeBase) -> [Hit] {
    let found = base.search(text, limit: 10)
    guard let index = found.firstIndex(where: { $0.id == text }), index > 0 else { return found }
    return [found[index]] + found.filter { $0.id != text }
  }

  private func fileName(_ text: String) throws(CommandError) -> String? {
    guard text.hasPrefix("(file="), text.hasSuffix(")") else { return nil }
    let name = String(text.dropFirst(6).dropLast())
    if name.isEmpty { throw .message("(file=FILE) needs the name of a file, or - for standard input") }
    return name
  }

  private func table(_ hits: [Hit]) -> Table {
    Table(
      columns: [Column("Entry"), Column("Kind"), Column("Title")],
      rows: hits.map { [$0.id, $0.kind.rawValue, $0.title] })
  }

  /// All entries, by kind and within a kind by subject.
  private func contents(_ base: KnowledgeBase) -> String {
    var text = "\(base.entries.count) entries. \\kb WORDS searches, \\kb ID reads one.\n"
    let width = base.entries.map { $0.id.count }.max() ?? 0
    for (kind, heading) in Self.headings {
      let ofKind = base.entries.filter { $0.kind == kind }
      guard !ofKind.isEmpty else { continue }
      text += "\n\(heading)\n"
      for subject in Set(ofKind.map { $0.subject }).sorted() {
        text += "  \(subject.isEmpty ? "other" : subject)\n"
        for entry in ofKind.filter({ $0.subject == subject }).sorted(by: { $0.id < $1.id }) {
          text += "    \(entry.id)\(String(repeating: " ", count: width - entry.id.count + 2))\(entry.title)\n"
        }
      }
    }
    return text
  }

  private static let headings: [(Entry.Kind, String)] = [
    (.playbook, "Playbooks: something is wrong now"), (.pattern, "Patterns: how to do it"),
    (.query, "Queries: what is there"), (.checklist, "Checklists: before it is called done"),
    (.convention, "Conventions: rules for a schema"), (.workflow, "Workflows: from the first look to the hand-over"),
  ]
}

extension Session {
  /// The pages: built in, and the user's own.
  func knowledge() -> KnowledgeBase {
    let configuration = environment("XDG_CONFIG_HOME") ?? (homeDirectory().map { $0 + "/.config" } ?? "")
    if let named = environment("PGMEDIC_KB"), !named.isEmpty { return KnowledgeBase.load(userDirectory: named) }
    let standard = configuration + "/pgmedic/kb"
    return KnowledgeBase.load(userDirectory: access(standard, F_OK) == 0 ? standard : nil)
  }

  /// The current print options with a title and no row count.
  func titled(_ title: String) -> PrintOptions {
    var options = printing
    options.title = ByteString(title)
    options.defaultFooter = false
    return options
  }

  /// Columns that running text may take.
  var textWidth: Int { min(terminalWidth ?? 80, 100) }

  /// Colour is for a terminal whose owner has not said no.
  var usesColour: Bool {
    if let no = environment("NO_COLOR"), !no.isEmpty { return false }
    if environment("PG_COLOR") == "never" || environment("TERM") == "dumb" || environment("CLICOLOR") == "0" {
      return false
    }
    return hasTerminal && destination.isStandard
  }
}

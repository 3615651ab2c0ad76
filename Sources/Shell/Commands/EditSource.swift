import Printing
import SQLText

/// `\ef` and `\ev`: edits the definition of a function or a view, or a new one's outline, in the query buffer.
struct EditSource: MetaCommand {
  let help: Help
  let kind: ObjectSource.Kind

  static let all = [
    EditSource(
      help: Help(
        "ef", arguments: [.function, .text], in: .buffer, syntax: "[FUNCNAME [LINE]]",
        summary: "edit function definition with external editor"), kind: .function),
    EditSource(
      help: Help(
        "ev", arguments: [.view, .text], in: .buffer, syntax: "[VIEWNAME [LINE]]",
        summary: "edit view definition with external editor"), kind: .view),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard session.hasQueryBuffer else { throw session.failed("no query buffer") }
    var (name, line): (String, Int?) = ("", nil)
    if let text = try session.argument(.wholeLine) { (name, line) = try Self.split(text, session) }
    let text: String
    if name.isEmpty {
      text = kind == .function ? Self.newFunction : Self.newView
    } else {
      let source = kind == .function ? try session.functionSource(name) : try session.viewSource(name)
      text = source.text
      line = line.map { $0 + source.headerLines }
    }
    guard let edited = try session.edited(Array(text.utf8), line: line) else {
      session.query.removeAll()
      session.output.append("No changes\n")
      return .edited
    }
    session.query = edited
    return .edited
  }

  /// Takes a line number off the end; it stands behind white space or a parenthesis.
  private static func split(_ text: String, _ session: borrowing Session) throws(CommandError) -> (String, Int?) {
    var name = Substring(text)
    while name.last?.isWhitespace == true { name.removeLast() }
    let digits = String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    let rest = name.dropLast(digits.count)
    guard !digits.isEmpty, let before = rest.last, before.isWhitespace || before == ")" else {
      return (String(name), nil)
    }
    guard let line = Int(digits), line > 0 else { throw session.failed("invalid line number: \(digits)") }
    return (String(rest), line)
  }

  private static let newFunction = """
    CREATE FUNCTION ( )
     RETURNS\u{20}
     LANGUAGE\u{20}
     -- common options:  IMMUTABLE  STABLE  STRICT  SECURITY DEFINER
    AS $function$

    $function$

    """

  private static let newView = """
    CREATE VIEW  AS
     SELECT\u{20}
      -- something...

    """
}

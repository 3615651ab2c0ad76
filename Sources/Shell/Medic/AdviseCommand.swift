import Advisor
import Medic
import Postgres
import SQLText

/// `\advise [(OPTIONS)] [STATEMENT]`: index advice for a statement, the query buffer, or the recorded workload.
struct AdviseCommand: MetaCommand {
  let help = Help(
    "advise", flags: [.verbose], arguments: [.text, .options(Advise.allOptions.map { $0.name })], in: .health,
    syntax: "[+] [(OPTION=VALUE …)] [STATEMENT]",
    summary: "advise indexes for a query, a file of queries, or the recorded workload",
    details: """
      Takes the statement behind it, else the query buffer, else what pg_stat_statements has recorded. (last=on) takes
      the previous statement, (file=FILE) a file of them, (format=sql) prints the CREATE INDEX statements only.
      Statements are planned, never executed.

      Example: \\advise select * from orders where status = 'open' order by created_at

      Options:
      """ + "\n" + Advise.allOptions.map { $0.line }.joined())

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var written: [(name: String, value: String)] = []
    if session.scanner.beginOfArgument() == UInt8(ascii: "(") { written = try session.leadingOptions() }
    var text = try session.argument(.wholeLine)
    let options: Options
    do throws(Medic.OptionError) {
      options = try Options(written, for: Advise.allOptions)
    } catch {
      throw .message(error.hint.map { "\(error.message)\n\($0)" } ?? error.message)
    }
    if text == nil, options.flag("last") {
      guard !session.lastStatement.isEmpty else { throw .message("there is no previous statement") }
      text = String(decoding: session.lastStatement, as: UTF8.self)
    }
    if text == nil, !session.query.isEmpty {
      text = String(decoding: session.query, as: UTF8.self)
      session.query.removeAll()
      session.scanner.reset()
    }
    let report = try session.examine(with: Advise.self, scope: Scope(), options: options, text: text)
    if options.text("format") == "sql" {
      session.documents.reports.append(report)
      session.showText(report.findings.compactMap { $0.remedy?.script }.map { $0 + "\n" }.joined())
    } else {
      session.show(report, verbose: call.isVerbose)
    }
    return .done
  }
}

extension Session {
  /// An option list alone: what follows the closing parenthesis stays unread.
  fileprivate mutating func leadingOptions() throws(CommandError) -> [(name: String, value: String)] {
    try optionList(leavesRest: true).options
  }
}

import Medic
import Postgres
import SQLText

/// A command that runs one examination and shows its report: `\fkcheck`, `\unused`, `\conns`, `\advise`, …
struct ExamineCommand: MetaCommand {
  let help: Help
  private let examination: any Examination.Type

  init(_ examination: any Examination.Type) {
    self.examination = examination
    let manual = examination.manual
    let options = examination.allOptions
    let argument: (flags: [Help.Flag], kinds: [Help.Argument], syntax: String)
    switch manual.argument {
    case .pattern: argument = ([.verbose, .system], [.relation], "[+S] [(OPTION=VALUE …)] [PATTERN]")
    case .text: argument = ([.verbose], [.text], "[+] [(OPTION=VALUE …)] [STATEMENT]")
    case .none: argument = ([.verbose], [], "[+] [(OPTION=VALUE …)]")
    }
    help = Help(
      examination.name, flags: argument.flags, arguments: [.options(options.map { $0.name })] + argument.kinds,
      in: .health, syntax: argument.syntax, summary: manual.summary,
      details: manual.details + "\n\nOptions:\n" + options.map { $0.line }.joined())
  }

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let takesText = examination.manual.argument == .text
    var (written, words): ([(name: String, value: String)], [String]) = ([], [])
    if !takesText || session.scanner.beginOfArgument() == UInt8(ascii: "(") {
      (written, words) = try session.optionList(leavesRest: takesText)
    }
    var text = takesText ? try session.argument(.wholeLine) : nil
    let options: Options
    var patterns: [Pattern] = []
    do throws(Medic.OptionError) {
      options = try Options(written, for: examination.allOptions)
      for word in words { patterns.append(try Pattern(word, database: session.connection?.database)) }
    } catch {
      throw .message(error.hint.map { "\(error.message)\n\($0)" } ?? error.message)
    }
    if takesText, text == nil { text = try session.statementAtHand(isPrevious: options.flag("last")) }
    let baseline = try options.text("baseline").map { (path) throws(CommandError) in try readBaseline(path) }
    let report = try session.examine(
      with: examination, scope: Scope(patterns, includesSystem: call.includesSystem), options: options, text: text,
      baseline: baseline)
    if options.text("format") == "sql" {
      session.documents.reports.append(report)
      session.showText(report.findings.compactMap { $0.remedy?.script }.map { $0 + "\n" }.joined())
    } else {
      session.show(report, verbose: call.isVerbose)
    }
    return .done
  }
}

/// Reads the file that an earlier `--report` wrote. Throws where it can't be read, or isn't one.
private func readBaseline(_ path: String) throws(CommandError) -> Baseline {
  guard let bytes = readFile(expandTilde(path)) else { throw .message("baseline \"\(path)\": \(errorText())") }
  do throws(Baseline.Mistake) {
    return try Baseline(String(decoding: bytes, as: UTF8.self))
  } catch {
    switch error {
    case .foreign(let why): throw .message("baseline \"\(path)\" is no JSON report of pgmedic's: \(why)")
    }
  }
}

extension Session {
  /// The statement that a command without one means: the previous one where asked for, else the query buffer, which is
  /// emptied by that; nil when there is none. Throws when there is no previous one.
  fileprivate mutating func statementAtHand(isPrevious: Bool) throws(CommandError) -> String? {
    if isPrevious {
      guard !lastStatement.isEmpty else { throw .message("there is no previous statement") }
      return String(decoding: lastStatement, as: UTF8.self)
    }
    guard !query.isEmpty else { return nil }
    defer {
      query.removeAll()
      scanner.reset()
    }
    return String(decoding: query, as: UTF8.self)
  }
}

extension Option {
  /// `  name=default  what it does` for help.
  var line: String {
    let head = standard.map { "\(name)=\($0)" } ?? "\(name)="
    let gap = String(repeating: " ", count: max(2, 22 - head.count))
    return "  \(head)\(gap)\(summary)\n"
  }
}

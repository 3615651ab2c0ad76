import Medic
import Postgres

/// A command that runs one examination and shows its report: `\fkcheck`, `\unused`, `\conns`, `\bloat`, …
struct ExamineCommand: MetaCommand {
  let help: Help
  let examination: any Examination.Type

  init(_ examination: any Examination.Type, takesPattern: Bool = true, summary: String, details: String) {
    self.examination = examination
    let options = examination.allOptions
    help = Help(
      examination.name, flags: takesPattern ? [.verbose, .system] : [.verbose],
      arguments: [.options(options.map { $0.name })] + (takesPattern ? [.relation] : []), in: .health,
      syntax: takesPattern ? "[+S] [(OPTION=VALUE …)] [PATTERN]" : "[+] [(OPTION=VALUE …)]", summary: summary,
      details: details + "\n\nOptions:\n" + options.map { $0.line }.joined())
  }

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let (written, words) = try session.optionList()
    let options: Options
    var patterns: [Pattern] = []
    do throws(Medic.OptionError) {
      options = try Options(written, for: examination.allOptions)
      for word in words { patterns.append(try Pattern(word, database: session.connection?.database)) }
    } catch {
      throw .message(error.hint.map { "\(error.message)\n\($0)" } ?? error.message)
    }
    let report = try session.examine(
      with: examination, scope: Scope(patterns, includesSystem: call.includesSystem), options: options)
    session.show(report, verbose: call.isVerbose)
    return .done
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

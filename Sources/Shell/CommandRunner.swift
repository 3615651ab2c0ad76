import Printing
import SQLText

extension Session {
  /// Runs the command whose name comes next, eats what is left of its arguments, and says what the loop does next.
  mutating func runCommand() -> Outcome {
    let typed = scanner.commandName()
    guard let command = commands.first(where: { $0.help.matches(typed) && !(isPsql && $0.help.isOurs) }) else {
      // psql says so in a branch that doesn't run, too, but there takes any name that begins with lo_
      let isIgnored = !conditions.isActive && typed.hasPrefix("lo_")
      if !isIgnored {
        reporter.report(.error, "invalid command \\\(typed)")
        if isInteractive { reporter.hint("Try \\? for help.") }
      }
      scanner.discardLine()
      scanner.endOfCommand()
      return isIgnored ? .done : .failed
    }
    let help = command.help
    if restrictKey != nil, help.name != "unrestrict" {
      reporter.report(.error, "backslash commands are restricted; only \\unrestrict is allowed")
      scanner.discardLine()
      scanner.endOfCommand()
      return .failed
    }
    if !conditions.isActive, help.group != .conditional {
      if isInteractive {
        reporter.report(.error, "\\\(typed) command ignored; use \\endif or Ctrl-C to exit current \\if block")
      }
      skipArguments(of: help)
      scanner.endOfCommand()
      return .done
    }
    let flags = Set(typed.dropFirst(help.calledName(typed).count))
    let outcome: Outcome
    do throws(CommandError) {
      outcome = try command.run(Call(name: typed, flags: flags), in: &self)
    } catch {
      if case .message(let text) = error { reporter.report(.error, "\\\(typed): \(text)") }
      outcome = .failed
    }
    if outcome == .failed {
      scanner.discardLine()
    } else {
      warnOfExtraArguments(typed)
    }
    scanner.endOfCommand()
    return outcome
  }

  private mutating func warnOfExtraArguments(_ name: String) {
    while let extra = scanner.unevaluatedArgument() {
      reporter.report(.warning, "\\\(name): extra argument \"\(extra.text)\" ignored")
    }
  }

  /// A command of a branch that doesn't run: its arguments are read and forgotten, nothing in them is evaluated.
  private mutating func skipArguments(of help: Help) {
    if help.takesWholeLine { return scanner.discardLine() }
    if help.arguments.contains(.pipe) {
      // `|program` reaches to the end of the line
      _ = scanner.argument(.filePipe, variables: NoVariables(), backtick: { _ in nil })
    }
    scanner.skipArguments()
  }
}

extension Help {
  /// The part of `typed` that is the command's name or alias.
  func calledName(_ typed: String) -> String {
    ([name] + aliases).first { alias in
      typed.hasPrefix(alias)
        && typed.dropFirst(alias.count).allSatisfy { letter in flags.contains { $0.rawValue == letter } }
    } ?? name
  }
}

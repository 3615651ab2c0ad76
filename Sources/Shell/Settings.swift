import Postgres

/// What the special variables say, in the form in which the shell uses it.
///
/// A class shared with the variables' rules, which write into it.
final class Settings {
  enum Echo: String, CaseIterable { case none, errors, queries, all }
  enum EchoHidden: String, CaseIterable { case off, noexec, on }
  enum ErrorRollback: String, CaseIterable { case off, interactive, on }
  enum KeywordCase: String, CaseIterable {
    case lower, upper
    case preserveLower = "preserve-lower"
    case preserveUpper = "preserve-upper"
  }
  enum HistoryControl: String, CaseIterable { case none, ignorespace, ignoredups, ignoreboth }

  var autocommit = true
  var keywordCase = KeywordCase.preserveUpper
  var echo = Echo.none
  var echoHidden = EchoHidden.off
  var fetchCount = 0
  var hidesTableAM = false
  var hidesToastCompression = false
  var historyControl = HistoryControl.none
  var historySize = 500
  var ignoreEOF = 0
  var onErrorRollback = ErrorRollback.off
  var onErrorStop = false
  var prompt1 = ""
  var prompt2 = ""
  var prompt3 = ""
  var quiet = false
  var showsAllResults = true
  var showContext = ContextVisibility.errors
  var singleLine = false
  var singleStep = false
  var verbosity = Verbosity.default

  /// Makes the special variables of `variables` write here.
  func govern(_ variables: Variables) {
    flag("AUTOCOMMIT", in: variables, initially: true) { self.autocommit = $0 }
    flag("HIDE_TABLEAM", in: variables) { self.hidesTableAM = $0 }
    flag("HIDE_TOAST_COMPRESSION", in: variables) { self.hidesToastCompression = $0 }
    flag("ON_ERROR_STOP", in: variables) { self.onErrorStop = $0 }
    flag("QUIET", in: variables) { self.quiet = $0 }
    flag("SHOW_ALL_RESULTS", in: variables, initially: true) { self.showsAllResults = $0 }
    flag("SINGLELINE", in: variables) { self.singleLine = $0 }
    flag("SINGLESTEP", in: variables) { self.singleStep = $0 }

    choice("COMP_KEYWORD_CASE", in: variables, unset: .preserveUpper) { self.keywordCase = $0 }
    choice("ECHO", in: variables, unset: .none) { self.echo = $0 }
    choice("ECHO_HIDDEN", in: variables, unset: .off, boolean: (.on, .off)) { self.echoHidden = $0 }
    choice("HISTCONTROL", in: variables, unset: .none) { self.historyControl = $0 }
    choice("ON_ERROR_ROLLBACK", in: variables, unset: .off, boolean: (.on, .off)) { self.onErrorRollback = $0 }
    choice("SHOW_CONTEXT", in: variables, unset: ContextVisibility.errors) { self.showContext = $0 }
    choice("VERBOSITY", in: variables, unset: Verbosity.default) { self.verbosity = $0 }

    number("FETCH_COUNT", in: variables, unset: "0") { self.fetchCount = $0 }
    number("HISTSIZE", in: variables, unset: "500") { self.historySize = $0 }
    variables.addRule(
      "IGNOREEOF",
      Variables.Rule(
        substitute: { text in
          // psql: unset is 0, and a value that is no number is 10
          guard let text else { return "0" }
          return (try? Variables.requireInteger(text, for: "IGNOREEOF")) == nil ? "10" : text
        },
        assign: { (text) throws(Variables.Refused) in
          self.ignoreEOF = try Variables.requireInteger(text ?? "0", for: "IGNOREEOF")
        }))

    prompt("PROMPT1", in: variables) { self.prompt1 = $0 }
    prompt("PROMPT2", in: variables) { self.prompt2 = $0 }
    prompt("PROMPT3", in: variables) { self.prompt3 = $0 }
  }

  private func flag(
    _ name: String, in variables: Variables, initially: Bool = false, _ take: @escaping (Bool) -> Void
  ) {
    if initially { variables.note(name, "on") }
    variables.addRule(
      name,
      Variables.Rule(
        substitute: { text in
          guard let text else { return "off" }
          return text.isEmpty ? "on" : text
        },
        assign: { (text) throws(Variables.Refused) in
          take(try Variables.requireBoolean(text ?? "off", for: name))
        }))
  }

  private func number(
    _ name: String, in variables: Variables, unset: String, _ take: @escaping (Int) -> Void
  ) {
    variables.addRule(
      name,
      Variables.Rule(
        substitute: { $0 ?? unset },
        assign: { (text) throws(Variables.Refused) in
          take(try Variables.requireInteger(text ?? unset, for: name))
        }))
  }

  private func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, in variables: Variables, unset: Choice, boolean: (on: Choice, off: Choice)? = nil,
    _ take: @escaping (Choice) -> Void
  ) where Choice.RawValue == String {
    variables.addRule(
      name,
      Variables.Rule(
        substitute: { text in
          guard let text else { return unset.rawValue }
          return text.isEmpty ? boolean?.on.rawValue ?? text : text
        },
        assign: { (text) throws(Variables.Refused) in
          let text = text ?? unset.rawValue
          if let found = Choice.allCases.first(where: { $0.rawValue == text.lowercased() }) { return take(found) }
          if let boolean, let value = Variables.boolean(text) { return take(value ? boolean.on : boolean.off) }
          let known = Choice.allCases.map(\.rawValue)
          let listed = boolean == nil ? known : ["on", "off"] + known.filter { $0 != "on" && $0 != "off" }
          throw Variables.Refused(
            message: "unrecognized value \"\(text)\" for \"\(name)\"\n"
              + "Available values are: \(listed.joined(separator: ", ")).")
        }))
  }

  private func prompt(_ name: String, in variables: Variables, _ take: @escaping (String) -> Void) {
    variables.addRule(name, Variables.Rule(assign: { (text) throws(Variables.Refused) in take(text ?? "") }))
  }
}

import SQLText

/// `\restrict KEY` and `\unrestrict KEY`: between them no other backslash command runs.
///
/// pg_dump puts them around a script, so that data which got out of their quotes can't call a program (CVE-2025-8714).
struct Restrict: MetaCommand {
  let help: Help

  static let all = [
    Restrict(
      help: Help(
        "restrict", arguments: [.any], in: .general, syntax: "RESTRICT_KEY",
        summary: "enter restricted mode with provided key")),
    Restrict(
      help: Help(
        "unrestrict", arguments: [.text], in: .general, syntax: "RESTRICT_KEY",
        summary: "exit restricted mode if key matches")),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    if help.name == "restrict" {
      guard let key = try session.argument(), !key.isEmpty else { throw .message("missing required argument") }
      session.restrictKey = key
    } else {
      // as it is written: no variable or program gets a say
      guard let key = try session.argument(.wholeLine, strippingSemicolons: true), !key.isEmpty else {
        throw .message("missing required argument")
      }
      guard let known = session.restrictKey else { throw .message("not currently in restricted mode") }
      guard known == key else { throw .message("wrong key") }
      session.restrictKey = nil
    }
    return .done
  }
}

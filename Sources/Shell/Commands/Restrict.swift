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
        "unrestrict", arguments: [.any], in: .general, syntax: "RESTRICT_KEY",
        summary: "exit restricted mode if key matches")),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let key = try session.argument(), !key.isEmpty else { throw .message("missing required argument") }
    if help.name == "restrict" {
      session.restrictKey = key
    } else {
      guard let known = session.restrictKey else { throw .message("not currently in restricted mode") }
      guard known == key else { throw .message("wrong key") }
      session.restrictKey = nil
    }
    return .done
  }
}

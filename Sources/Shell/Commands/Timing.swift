/// `\\timing [on|off]`: shows how long each statement takes.
struct Timing: MetaCommand {
  let help = Help(
    "timing", arguments: [.boolean], in: .general, syntax: "[on|off]", summary: "toggle timing of commands")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    if let text = try session.argument() {
      do throws(Variables.Refused) {
        session.isTiming = try Variables.requireBoolean(text, for: "\\timing")
      } catch {
        throw session.failed(error.message)
      }
    } else {
      session.isTiming.toggle()
    }
    session.say(session.isTiming ? "Timing is on.\n" : "Timing is off.\n")
    return .done
  }
}

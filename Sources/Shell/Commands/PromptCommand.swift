import Printing

/// `\\prompt [TEXT] NAME`: asks the person for a variable's value.
struct PromptCommand: MetaCommand {
  let help = Help(
    "prompt", arguments: [.any, .variable], in: .variables, syntax: "[TEXT] NAME",
    summary: "prompt user to set internal variable")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let first = try session.argument() else { throw .message("missing required argument") }
    let second = try session.argument()
    session.output.append(second == nil ? "" : first)
    session.output.flush()
    guard let value = readLine(strippingNewline: true) else {
      throw .message("could not read value for variable")
    }
    do throws(Variables.Refused) {
      try session.variables.set(second ?? first, value)
    } catch {
      throw session.failed(error.message)
    }
    return .done
  }
}

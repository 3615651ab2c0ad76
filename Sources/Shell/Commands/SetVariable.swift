import Printing

/// `\\set [NAME [VALUE …]]`: lists, or sets a variable to its arguments put together.
struct SetVariable: MetaCommand {
  let help = Help(
    "set", arguments: [.variable, .any], in: .variables, syntax: "[NAME [VALUE]]",
    summary: "set internal variable, or list all if no parameters")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else {
      for name in session.variables.names {
        session.output.append("\(name) = '\(session.variables.value(of: name) ?? "")'\n")
      }
      return .done
    }
    var value = ""
    while let part = try session.argument() { value += part }
    do throws(Variables.Refused) {
      try session.variables.set(name, value)
    } catch {
      throw session.failed(error.message)
    }
    return .done
  }
}

/// `\\unset NAME`
struct UnsetVariable: MetaCommand {
  let help = Help(
    "unset", arguments: [.variable], in: .variables, syntax: "NAME", summary: "unset (delete) internal variable")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else { throw .message("missing required argument") }
    do throws(Variables.Refused) {
      try session.variables.set(name, nil)
    } catch {
      throw session.failed(error.message)
    }
    return .done
  }
}

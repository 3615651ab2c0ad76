import Glibc

/// `\\getenv VARIABLE ENVVAR`: reads a variable of the environment.
struct GetEnvironment: MetaCommand {
  let help = Help(
    "getenv", arguments: [.variable, .any], in: .variables, syntax: "PSQLVAR ENVVAR",
    summary: "fetch environment variable")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument(), let variable = try session.argument() else {
      throw .message("missing required argument")
    }
    guard let value = environment(variable) else { return .done }
    do throws(Variables.Refused) {
      try session.variables.set(name, value)
    } catch {
      throw session.failed(error.message)
    }
    return .done
  }
}

/// `\\setenv NAME [VALUE]`: sets or unsets a variable of the environment.
struct SetEnvironment: MetaCommand {
  let help = Help(
    "setenv", arguments: [.any, .any], in: .general, syntax: "NAME [VALUE]",
    summary: "set or unset environment variable")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else { throw .message("missing required argument") }
    if name.contains("=") { throw .message("environment variable name must not contain \"=\"") }
    if let value = try session.argument() { setenv(name, value, 1) } else { unsetenv(name) }
    return .done
  }
}

import SQLText

/// The commands of this folder. `\d…` takes every name that begins with d, so it comes last in the registry.
let describeCommands: [any MetaCommand] = [
  ListDatabases(), ListPrivileges(), ListLargeObjects(), ShowFunction(), ShowView(), DescribeFamily(),
]

/// `\l` and `\list`: databases of the server.
struct ListDatabases: MetaCommand {
  let help = Help(
    "l", aliases: ["list"], flags: [.verbose], arguments: [.database], in: .informational, syntax: "[PATTERN]",
    summary: "list databases")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let pattern = try session.patternArgument()
    try session.list(.databases, DescribeRequest(letters: call.isVerbose ? "+" : "", pattern: pattern))
    return .done
  }
}

/// `\z`: access privileges, the same as `\dp`.
struct ListPrivileges: MetaCommand {
  let help = Help(
    "z", arguments: [.relation], in: .informational, syntax: "[PATTERN]", summary: "same as \\dp")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let pattern = try session.patternArgument()
    try session.list(.privileges, DescribeRequest(letters: "p", pattern: pattern))
    return .done
  }
}

/// `\lo_list`: large objects, the same as `\dl`.
struct ListLargeObjects: MetaCommand {
  let help = Help("lo_list", flags: [.verbose], in: .informational, summary: "list large objects")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    try session.list(.largeObjects, DescribeRequest(letters: call.isVerbose ? "+" : "", pattern: nil))
    return .done
  }
}

/// `\sf`: a function's definition.
struct ShowFunction: MetaCommand {
  let help = Help(
    "sf", flags: [.verbose], arguments: [.function, .text], in: .informational, syntax: "FUNCNAME",
    summary: "show a function's definition")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument(.wholeLine) else {
      throw session.failed("function name is required")
    }
    session.show(try session.functionSource(name), numbered: call.isVerbose)
    return .done
  }
}

/// `\sv`: a view's definition.
struct ShowView: MetaCommand {
  let help = Help(
    "sv", flags: [.verbose], arguments: [.view, .text], in: .informational, syntax: "VIEWNAME",
    summary: "show a view's definition")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument(.wholeLine) else {
      throw session.failed("view name is required")
    }
    session.show(try session.viewSource(name), numbered: call.isVerbose)
    return .done
  }
}

extension Session {
  fileprivate mutating func show(_ source: ObjectSource, numbered: Bool) {
    showText(numbered ? source.numbered : source.text)
  }
}

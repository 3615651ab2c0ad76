/// What `\?`, the man page and the README say about a meta-command that psql doesn't have.
public struct CommandHelp: Sendable, Equatable {
  /// Without the backslash.
  public var name: String
  /// With it, flags and arguments: `\bloat[+S] [(OPTIONS)] [PATTERN]`.
  public var syntax: String
  public var summary: String
  /// The heading it stands under.
  public var group: String

  public init(name: String, syntax: String, summary: String, group: String) {
    self.name = name
    self.syntax = syntax
    self.summary = summary
    self.group = group
  }
}

extension Sequence<CommandHelp> {
  /// The groups in the order of their first command, each with its commands in order.
  var grouped: [(group: String, commands: [CommandHelp])] {
    var groups: [(group: String, commands: [CommandHelp])] = []
    for command in self {
      if let index = groups.firstIndex(where: { $0.group == command.group }) {
        groups[index].commands.append(command)
      } else {
        groups.append((command.group, [command]))
      }
    }
    return groups
  }
}

/// `\?`: the meta-commands, psql's in psql's words and then those that psql doesn't have.
public struct CommandsPage: Sendable {
  /// The settings that psql's text names as "currently" so.
  public struct Current: Sendable, Equatable {
    public enum Expanded: String, Sendable {
      case on, off, auto
    }

    public var isHTML = false
    public var tuplesOnly = false
    public var expanded = Expanded.off
    public var timing = false
    /// nil when there is no connection.
    public var database: String?

    public init() {}
  }

  private static let textColumn = 25

  private let current: Current
  private let medic: [CommandHelp]

  /// - Parameter medic: the commands that psql doesn't have; none when called as psql.
  public init(current: Current = Current(), medic: [CommandHelp]) {
    self.current = current
    self.medic = medic
  }

  /// What `\?` and `--help=commands` print.
  public var text: String {
    let psql = PsqlText.commands.lines.map(withCurrentSetting).joined(separator: "\n")
    return medic.isEmpty ? psql : psql + "\n" + medicText
  }

  /// What `\? medic` prints.
  public var medicText: String {
    medic.grouped.map { group, commands in
      "Medic: \(group)\n" + commands.map(entry).joined()
    }.joined(separator: "\n")
  }

  private func withCurrentSetting(_ line: Substring) -> String {
    let value: String? =
      switch true {
      case line.hasPrefix("  \\H "): current.isHTML ? "on" : "off"
      case line.hasPrefix("  \\t "): current.tuplesOnly ? "on" : "off"
      case line.hasPrefix("  \\x "): current.expanded.rawValue
      case line.hasPrefix("  \\timing "): current.timing ? "on" : "off"
      case line.hasSuffix("(currently no connection)"): current.database.map { "\"\($0)\"" }
      default: nil
      }
    guard let value, let start = line.lastIndex(of: "(") else { return String(line) }
    return line[..<start] + "(currently \(value))"
  }

  private func entry(_ command: CommandHelp) -> String {
    let head = "  " + command.syntax
    let indent = String(repeating: " ", count: Self.textColumn)
    let start = head.count < Self.textColumn ? head + indent.dropFirst(head.count) : head + "\n" + indent
    return start + command.summary + "\n"
  }
}

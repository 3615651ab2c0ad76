/// `\? variables`: special variables, print settings and the environment.
public struct VariablesPage: Sendable {
  private let isPsql: Bool

  public init(_ program: Program) {
    isPsql = program.isPsql
  }

  /// What `\? variables` and `--help=variables` print.
  public var text: String {
    let psql = String(PsqlText.variables.text)
    guard !isPsql else { return psql }
    return psql + "\nMedic:\n"
      + EnvironmentVariable.medic.map { "  \($0.name)\n    \($0.summary)\n" }.joined()
  }

  /// The names under psql's heading, in its order: what completes `-v` or `-P`.
  static func names(under heading: String) -> [String] {
    let section = PsqlText.variables.lines.drop { $0 != heading }.dropFirst()
    return section.prefix { !$0.hasSuffix(":") || $0 == "Usage:" }.compactMap { line in
      // Names are indented by two, what they mean by four; the usage lines name the program.
      guard line.hasPrefix("  "), !line.hasPrefix("   "), !line.contains("psql") else {
        return nil
      }
      return line.dropFirst(2).split(separator: " ").first.map(String.init)
    }
  }
}

/// A variable of the environment that psql doesn't know.
struct EnvironmentVariable: Sendable {
  var name: String
  var summary: String

  static let medic = [
    EnvironmentVariable(name: "PGMEDIC_KB", summary: "directory of your own knowledge base pages"),
    EnvironmentVariable(
      name: "XDG_CONFIG_HOME", summary: "where pgmedic/ignore lists findings to leave out (default ~/.config)"),
    EnvironmentVariable(
      name: "XDG_STATE_HOME", summary: "where pgmedic keeps sizes for growth figures (default ~/.local/state)"),
    EnvironmentVariable(
      name: "XDG_CACHE_HOME", summary: "where pgmedic keeps the template of sandboxes (default ~/.cache)"),
  ]
}

/// What `--generate` prints. The first four are checked in under `completions/`.
public enum GeneratedDocument: String, Sendable, CaseIterable {
  case man, bash, zsh, fish, readme

  /// The text, ending with a newline.
  ///
  /// - Parameter commands: the meta-commands that psql doesn't have.
  public func text(commands: [CommandHelp]) -> String {
    let options = CommandLineOption.all(for: Program(path: "pgmedic"))
    return switch self {
    case .man: ManualPage(options: options, commands: commands).text
    case .bash: BashCompletion(options: options).text
    case .zsh: ZshCompletion(options: options).text
    case .fish: FishCompletion(options: options).text
    case .readme: ReadmeTables(options: options, commands: commands).text
    }
  }
}

extension CommandLineOption {
  /// `-c` and `--command`, as typed.
  var typedNames: [String] { (short.map { ["-\($0)"] } ?? []) + longNames.map { "--\($0)" } }
}

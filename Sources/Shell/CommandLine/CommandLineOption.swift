/// One option of the command line, with everything that is said about it anywhere.
///
/// The parser, `--help`, the man page and the completions all read this value: an option is written once.
struct CommandLineOption: Sendable {
  /// Whether an option takes an argument, and what the help calls it.
  enum Argument: Sendable, Equatable {
    case none
    case required(String)
    case optional(String)

    var placeholder: String? {
      switch self {
      case .none: nil
      case .required(let name), .optional(let name): name
      }
    }
  }

  /// The headings of `--help`, in its order. The first four are psql's.
  enum Group: String, Sendable, CaseIterable {
    case general = "General options"
    case inputOutput = "Input and output options"
    case format = "Output format options"
    case connection = "Connection options"
    case medic = "Medic options"
  }

  /// What a shell may offer for the argument.
  enum Completion: Sendable, Equatable {
    case nothing
    case file
    case directory
    case database
    case role
    case host
    case variable
    case printSetting
    case choices([String])
  }

  /// A further line of `--help` for a value that does something else, such as `--help=commands`.
  struct Form: Sendable {
    var value: String
    var help: String
  }

  typealias Effect = @Sendable (inout ParsedOptions, [UInt8]?) throws(CommandLineError) -> Void

  /// The name that stands in messages; others in `aliases` mean the same.
  var long: String
  var aliases: [String] = []
  /// Accepted, but shown nowhere: an abbreviation that another option would make ambiguous.
  var hiddenAliases: [String] = []
  var short: Character?
  /// How `--help` spells out a short name that is easily misread.
  var shortNote: String?
  var argument: Argument = .none
  var group: Group
  /// Lines of `--help`; `{host}`, `{port}`, `{user}` and `{database}` stand for the defaults.
  var help: [String]
  var forms: [Form] = []
  /// Whether giving it twice makes sense.
  var repeats = false
  var completion: Completion = .nothing
  /// What the man page says: plain sentences.
  var manual: String
  var effect: Effect

  /// Every spelling that is shown, in the order of `--help`.
  var longNames: [String] { aliases + [long] }

  /// The first line of the help without default or colon, for completions.
  var summary: String {
    let line = help.first ?? ""
    let start = line.split(separator: " (default:", maxSplits: 1).first ?? ""
    return String(start.hasSuffix(":") ? start.dropLast() : start)
  }
}

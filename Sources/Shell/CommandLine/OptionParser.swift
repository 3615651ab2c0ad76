extension ParsedOptions {
  /// Reads a command line by the C library's `getopt_long`, so that clusters, attached arguments, abbreviations,
  /// reordering and POSIXLY_CORRECT are as in psql.
  ///
  /// - Parameters:
  ///   - arguments: those after the program's name, byte for byte.
  ///   - interactive: whether standard input and output are both a terminal, for psql's rule on `-1`.
  public static func parse(
    _ arguments: [[UInt8]], program: Program, interactive: Bool
  ) throws(CommandLineError) -> ParsedOptions {
    var parser = OptionParser(program)
    return try parser.parse(arguments, interactive: interactive)
  }

  public static func parse(
    arguments: [String], program: Program, interactive: Bool
  ) throws(CommandLineError) -> ParsedOptions {
    try parse(arguments.map { Array($0.utf8) }, program: program, interactive: interactive)
  }
}

/// The table of options in getopt's terms, and what its answers mean.
struct OptionParser {
  private let program: Program
  private let options: [CommandLineOption]
  /// Every long name with its option, in the order in which ambiguous ones are listed.
  private let names: [(name: String, option: CommandLineOption, isHidden: Bool)]
  private var parsed = ParsedOptions()

  init(_ program: Program) {
    self.program = program
    options = CommandLineOption.all(for: program)
    let names = options.flatMap { option in
      option.longNames.map { (name: $0, option: option, isHidden: false) }
        + (program.isPsql ? [] : option.hiddenAliases).map { (name: $0, option: option, isHidden: true) }
    }
    let known = CommandLineOption.psqlListingOrder.compactMap { name in names.first { $0.name == name } }
    self.names = known + names.filter { !CommandLineOption.psqlListingOrder.contains($0.name) }
  }

  mutating func parse(_ arguments: [[UInt8]], interactive: Bool) throws(CommandLineError) -> ParsedOptions {
    do throws(CommandLineError) {
      let scan = OptionScan(
        arguments, program: program.path,
        // `-?` is left to the unknown ones: getopt's code for it is that of an error.
        shorts: options.compactMap { option in
          option.short.flatMap { $0 == "?" ? nil : ($0, option.argument.forGetopt) }
        },
        longs: names.map { ($0.name, $0.option.argument.forGetopt) })
      for step in scan.steps where parsed.request == .session { try obey(step) }
      guard parsed.request == .session else { return parsed }
      takePositional(scan.rest)
      if interactive && parsed.singleTransaction && parsed.actions.isEmpty {
        throw CommandLineError(.error("-1 can only be used in non-interactive mode"))
      }
      try parsed.checkConflicts(positional: scan.rest)
      return parsed
    } catch {
      var error = error
      error.settings = parsed.settings
      throw error
    }
  }

  private mutating func obey(_ step: OptionScan.Step) throws(CommandLineError) {
    switch step {
    case .long(let index, let argument):
      try obey(names[index].option, argument)
    case .short(let letter, let argument):
      guard let option = options.first(where: { $0.short == letter }) else { return }
      try obey(option, argument)
    case .shortNotFound("?", word: "-?"):
      parsed.request = .help(.options)
    case .shortNotFound("?", _):
      throw tryHelp()
    case .shortNotFound(let letter, _):
      throw tryHelp("invalid option -- '\(letter)'")
    case .shortLacksArgument(let letter):
      throw tryHelp("option requires an argument -- '\(letter)'")
    case .longLacksArgument(let index):
      throw tryHelp("option '--\(shown(index))' requires an argument")
    case .longTakesNoArgument(let index):
      throw tryHelp("option '--\(shown(index))' doesn't allow an argument")
    case .longNotFound(let word):
      throw tryHelp(notFound(word))
    }
  }

  private mutating func obey(_ option: CommandLineOption, _ argument: [UInt8]?) throws(CommandLineError) {
    do throws(CommandLineError) {
      try option.effect(&parsed, argument)
    } catch {
      throw error.messages.isEmpty ? tryHelp() : error
    }
  }

  /// The name getopt would give: of a hidden spelling, the one it stands for.
  private func shown(_ index: Int) -> String {
    names[index].isHidden ? names[index].option.long : names[index].name
  }

  private func notFound(_ word: String) -> String {
    let stem = word.dropFirst(2).prefix { $0 != "=" }
    let candidates = names.filter { !$0.isHidden && $0.name.hasPrefix(stem) }.map { "'--\($0.name)'" }
    guard !candidates.isEmpty else { return "unrecognized option '\(word)'" }
    return "option '\(word)' is ambiguous; possibilities: \(candidates.joined(separator: " "))"
  }

  /// The end of every fault that getopt finds.
  private func tryHelp(_ complaint: String? = nil) -> CommandLineError {
    var error = CommandLineError(.hint("Try \"\(program.name) --help\" for more information."))
    if let complaint { error.messages.insert(.plain("\(program.path): \(complaint)"), at: 0) }
    return error
  }

  private mutating func takePositional(_ arguments: [[UInt8]]) {
    for argument in arguments {
      if parsed.database == nil {
        parsed.database = argument
      } else if parsed.user == nil {
        parsed.user = argument
      } else {
        parsed.extraArguments.append(argument)
      }
    }
  }
}

extension ParsedOptions {
  /// A sandbox is a server of its own: whatever names another is a mistake that would otherwise go unseen.
  fileprivate func checkConflicts(positional: [[UInt8]]) throws(CommandLineError) {
    guard medic.sandbox != nil else { return }
    if medic.offline { throw CommandLineError(.error("--sandbox and --offline exclude each other")) }
    if let word = positional.first {
      let word = String(decoding: word, as: UTF8.self)
      throw CommandLineError(
        .error("--sandbox takes no database name: \"\(word)\""), .hint("Did you mean --sandbox=\(word)?"))
    }
    let others = [("host", host), ("port", port), ("dbname", database)]
    if let (name, _) = others.first(where: { $0.1 != nil }) {
      throw CommandLineError(
        .error("--sandbox and --\(name) exclude each other"),
        .hint("A sandbox is a server of its own; leave out one of them."))
    }
  }
}

extension CommandLineOption.Argument {
  fileprivate var forGetopt: OptionScan.Argument {
    switch self {
    case .none: .none
    case .required: .required
    case .optional: .optional
    }
  }
}

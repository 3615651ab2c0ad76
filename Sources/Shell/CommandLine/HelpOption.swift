extension CommandLineOption {
  /// `--help[=TOPIC]`, for the topics that the program has.
  static func help(_ topics: [ParsedOptions.HelpTopic]) -> CommandLineOption {
    CommandLineOption(
      long: "help", short: "?", argument: .optional("options"), group: .general,
      help: ["show this help, then exit"],
      forms: topics.compactMap { topic in
        topic.summary.map { Form(value: topic.rawValue, help: "list \($0), then exit") }
      },
      completion: .choices(topics.map(\.rawValue)),
      manual: "Explain the options, or what is named behind the equals sign, and end."
    ) { (options, value) throws(CommandLineError) in
      let name = value.map { String(decoding: $0, as: UTF8.self) } ?? ParsedOptions.HelpTopic.options.rawValue
      // psql has no message of its own for a topic that it doesn't know, only the hint.
      guard let topic = topics.first(where: { $0.rawValue == name }) else { throw CommandLineError() }
      options.request = .help(topic)
    }
  }
}

extension ParsedOptions.HelpTopic {
  /// What its page lists.
  fileprivate var summary: String? {
    switch self {
    case .options: nil
    case .commands: "backslash commands"
    case .variables: "special variables"
    case .medic: "the commands that psql doesn't have"
    }
  }
}

/// The effects that several options share, named for what they do.
extension CommandLineOption {
  static func sets(_ name: String, to value: String = "on") -> Effect {
    { (options, _) throws(CommandLineError) in options.settings.append(.variable(name, Array(value.utf8))) }
  }

  static func prints(_ name: String, _ value: String) -> Effect {
    { (options, _) throws(CommandLineError) in options.settings.append(.print(name, Array(value.utf8))) }
  }

  static func prints(_ name: String) -> Effect {
    { (options, value) throws(CommandLineError) in options.settings.append(.print(name, value)) }
  }

  static func flag(_ path: any WritableKeyPath<ParsedOptions, Bool> & Sendable, _ value: Bool = true) -> Effect {
    { (options, _) throws(CommandLineError) in options[keyPath: path] = value }
  }

  static func stores(_ path: any WritableKeyPath<ParsedOptions, [UInt8]?> & Sendable) -> Effect {
    { (options, value) throws(CommandLineError) in options[keyPath: path] = value }
  }

  /// One of these names; any other is an error that lists them.
  static func chooses(
    _ option: String, from names: [String], as store: @escaping @Sendable (inout ParsedOptions, String) -> Void
  ) -> Effect {
    { (options, value) throws(CommandLineError) in
      let name = String(decoding: value ?? [], as: UTF8.self)
      guard names.contains(name) else {
        throw CommandLineError(
          .error("unrecognized value \"\(name)\" for --\(option)"),
          .hint("Known are \(names.joined(separator: ", "))."))
      }
      store(&options, name)
    }
  }

  /// Splits `NAME=VALUE` at the first `=`; the value is nil where there is none.
  static func assignment(_ argument: [UInt8]?) -> (name: String, value: [UInt8]?) {
    let argument = argument ?? []
    guard let equals = argument.firstIndex(of: UInt8(ascii: "=")) else {
      return (String(decoding: argument, as: UTF8.self), nil)
    }
    return (String(decoding: argument[..<equals], as: UTF8.self), Array(argument[(equals + 1)...]))
  }
}

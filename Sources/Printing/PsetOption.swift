/// An option of `\pset`: how it is set, shown and listed.
///
/// The texts are psql 15's. Values are bytes in the client's encoding, as typed.
public struct PsetOption: Sendable {
  /// The name that listings and completion show.
  public let name: String
  /// Other names that `\pset` takes.
  public let aliases: [String]
  /// What a value can be, for completion; empty where anything goes.
  public let values: @Sendable (_ psqlOnly: Bool) -> [String]
  /// Whether psql 15 has it.
  public let isInPsql: Bool

  /// The value as the listing of bare `\pset` shows it; nil for options that aren't listed under a name of their own.
  let listed: @Sendable (PrintOptions) -> ByteString
  /// The sentence that confirms the value.
  let described: @Sendable (PrintOptions) -> ByteString
  /// Sets the option; without a value switches over what can be switched.
  let set: @Sendable (inout PrintOptions, ByteString?, Request) throws(PsetError) -> Confirmation

  /// How `\pset` was called.
  struct Request {
    /// The name by which the option was called.
    var name: String
    var psqlOnly: Bool
  }

  /// Whether the new value is confirmed: psql doesn't for most switches that are given a value.
  enum Confirmation { case shown, silent }

  init(
    _ name: String, aliases: [String] = [], isInPsql: Bool = true,
    values: @escaping @Sendable (_ psqlOnly: Bool) -> [String] = { _ in [] },
    listed: @escaping @Sendable (PrintOptions) -> ByteString,
    described: @escaping @Sendable (PrintOptions) -> ByteString,
    set: @escaping @Sendable (inout PrintOptions, ByteString?, Request) throws(PsetError) -> Confirmation
  ) {
    self.name = name
    self.aliases = aliases
    self.isInPsql = isInPsql
    self.values = values
    self.listed = listed
    self.described = described
    self.set = set
  }

  /// Every option, in the order in which they are listed.
  public static let all: [PsetOption] = [
    border, columns, csvFieldSeparator, expanded, fieldSeparator, fieldSeparatorZero, footer, format, lineStyle, null,
    numericLocale, pager, pagerMinLines, recordSeparator, recordSeparatorZero, tableAttributes, title, tuplesOnly,
    unicodeBorder, unicodeColumn, unicodeHeader, expandedHeaderWidth,
  ]

  /// The option that `\pset name` means, if there is one.
  public static func named(_ name: String, psqlOnly: Bool) -> PsetOption? {
    all.first { ($0.name == name || $0.aliases.contains(name)) && ($0.isInPsql || !psqlOnly) }
  }
}

/// Why `\pset` did nothing: psql's message, without the prefix that tells file and line.
public struct PsetError: Error, Equatable {
  public var message: ByteString

  public init(_ message: ByteString) { self.message = message }
}

extension PrintOptions {
  /// Does what `\pset name value` does.
  /// - Parameters:
  ///   - value: nil to show the option, or to switch it over if it is a switch.
  ///   - psqlOnly: leaves out the options and values that psql 15 doesn't have.
  /// - Returns: the sentence to print unless QUIET is set; nil where psql says nothing.
  public mutating func set(_ name: String, to value: ByteString?, psqlOnly: Bool) throws(PsetError) -> ByteString? {
    guard let option = PsetOption.named(name, psqlOnly: psqlOnly) else {
      throw PsetError("\\pset: unknown option: \(name)")
    }
    let confirmation = try option.set(&self, value, PsetOption.Request(name: name, psqlOnly: psqlOnly))
    return confirmation == .shown ? option.described(self) : nil
  }

  /// All options with their values, as bare `\pset` lists them, a newline after each.
  public func listing(psqlOnly: Bool) -> ByteString {
    var text = ByteString("")
    for option in PsetOption.all where option.isInPsql || !psqlOnly {
      text += "\(option.name)\(String(repeating: " ", count: max(0, 24 - option.name.utf8.count))) "
      text += option.listed(self)
      text += "\n"
    }
    return text
  }
}

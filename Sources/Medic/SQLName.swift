import Knowledge

/// Identifiers as they stand in SQL.
public enum SQLName {
  /// The identifier, in double quotes where `quote_ident` of any server from 13 to 18 would put them.
  public static func quoted(_ name: String) -> String { SQLQuoting.identifier(name) }

  /// Parts with dots between them; nil parts are left out.
  public static func qualified(_ parts: [String?]) -> String {
    parts.compactMap { $0 }.map { quoted($0) }.joined(separator: ".")
  }

  public static func qualified(_ schema: String, _ name: String) -> String { qualified([schema, name]) }

  /// A comma-separated list.
  public static func list(_ names: [String]) -> String { names.map { quoted($0) }.joined(separator: ", ") }

  /// A string literal that is right whatever `standard_conforming_strings` says.
  public static func literal(_ text: String) -> String { SQLQuoting.literal(text) }

  /// A name made of parts as people name indexes, cut on a character's border to the server's 63 bytes.
  public static func truncated(_ name: String, to limit: Int = 63) -> String {
    var cut = ""
    var length = 0
    for character in name.unicodeScalars {
      length += UTF8.width(character)
      if length > limit { break }
      cut.unicodeScalars.append(character)
    }
    return cut
  }
}

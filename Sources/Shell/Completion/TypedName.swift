/// A name as it is being typed, possibly with a schema before it: parts without quotes, folded as the server folds them.
struct TypedName: Equatable {
  /// The schema (or table) part as typed, with its dot; empty if there is none.
  var qualifier = ""
  /// The parts before the last dot.
  var parts: [String] = []
  /// What the last part begins with.
  var prefix = ""
  /// The last part was begun with a double quote.
  var isQuoted = false

  init(_ word: String) {
    var part = ""
    var isInside = false
    var typed = ""
    var scalars = Substring(word).unicodeScalars
    while let scalar = scalars.popFirst() {
      typed.unicodeScalars.append(scalar)
      if scalar == "\"" {
        if isInside, scalars.first == "\"" {
          part.unicodeScalars.append(scalar)
          typed.unicodeScalars.append(scalar)
          scalars.removeFirst()
        } else {
          isInside.toggle()
          isQuoted = true
        }
      } else if scalar == ".", !isInside {
        parts.append(part)
        qualifier += typed
        typed = ""
        part = ""
        isQuoted = false
      } else {
        part += isInside ? String(scalar) : String(scalar).lowercased()
      }
    }
    prefix = part
  }

  /// All parts, for a word that is complete.
  var names: [String] { parts + [prefix] }

  /// An identifier in double quotes.
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The name inside what the server's `quote_ident` gave.
  static func unquoted(_ identifier: String) -> String {
    guard identifier.hasPrefix("\""), identifier.count > 1 else { return identifier }
    return identifier.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
      .joined(separator: "\"")
  }
}

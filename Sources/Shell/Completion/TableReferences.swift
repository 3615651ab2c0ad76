/// A table that a statement names, and what its columns may be qualified with.
struct TableReference: Equatable {
  /// Empty where the statement gives no schema.
  var schema: String
  var name: String
  /// The alias, or the table's own name.
  var alias: String

  /// The tables behind FROM, JOIN, UPDATE, INTO, USING and TABLE, anywhere in `statement`.
  static func all(in statement: String) -> [TableReference] {
    let tokens = Tokens(statement).words
    var found: [TableReference] = []
    var index = 0
    while index < tokens.count {
      switch tokens[index].uppercased() {
      case "FROM", "USING":
        index += 1
        while let reference = take(tokens, &index) {
          found.append(reference)
          guard index < tokens.count, tokens[index] == "," else { break }
          index += 1
        }
      case "JOIN", "UPDATE", "INTO", "TABLE":
        index += 1
        if let reference = take(tokens, &index) { found.append(reference) }
      default: index += 1
      }
    }
    var distinct: [TableReference] = []
    for reference in found where !distinct.contains(reference) { distinct.append(reference) }
    return distinct
  }

  /// A table at `index` with its alias; nil for a subquery, a function or a keyword.
  private static func take(_ tokens: [String], _ index: inout Int) -> TableReference? {
    while index < tokens.count, ["ONLY", "LATERAL", "IF", "EXISTS"].contains(tokens[index].uppercased()) { index += 1 }
    guard index < tokens.count, let first = tokens[index].unicodeScalars.first else { return nil }
    guard first == "\"" || first.properties.isAlphabetic || first == "_" else { return nil }
    let names = TypedName(tokens[index]).names
    if notTables.contains(tokens[index].uppercased()) { return nil }
    index += 1
    if index < tokens.count, tokens[index] == "(" { return nil }
    var reference = TableReference(schema: names.dropLast().last ?? "", name: names.last ?? "", alias: names.last ?? "")
    if index < tokens.count, tokens[index] == "*" { index += 1 }
    if index < tokens.count, tokens[index].uppercased() == "AS" { index += 1 }
    if index < tokens.count, let letter = tokens[index].unicodeScalars.first,
      letter == "\"" || letter == "_" || letter.properties.isAlphabetic,
      !notAliases.contains(tokens[index].uppercased())
    {
      reference.alias = TypedName(tokens[index]).prefix
      index += 1
    }
    return reference
  }

  private static let notTables: Set = ["SELECT", "VALUES", "WITH", "STDIN", "STDOUT", "PROGRAM", "ROWS"]
  private static let notAliases: Set = [
    "WHERE", "ON", "USING", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "GROUP", "ORDER", "HAVING",
    "LIMIT", "OFFSET", "FETCH", "FOR", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "SET", "VALUES", "SELECT", "RETURNING",
    "DEFAULT", "TABLESAMPLE", "OVERRIDING", "WHEN", "FROM", "ADD", "ALTER", "DROP", "RENAME", "AS",
  ]

  /// Words and single signs of a statement, without strings and comments.
  private struct Tokens {
    var words: [String] = []

    init(_ text: String) {
      let bytes = Array(text.utf8)
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        let start = place
        if byte == UInt8(ascii: "'") {
          place += 1
          while place < bytes.count, bytes[place] != byte { place += 1 }
          place += 1
        } else if byte == UInt8(ascii: "-"), place + 1 < bytes.count, bytes[place + 1] == byte {
          while place < bytes.count, bytes[place] != 10 { place += 1 }
        } else if StatementWords.isName(byte) || byte == UInt8(ascii: "\"") {
          var isInside = false
          while place < bytes.count,
            isInside || StatementWords.isName(bytes[place]) || bytes[place] == UInt8(ascii: ".")
              || bytes[place] == UInt8(ascii: "\"")
          {
            if bytes[place] == UInt8(ascii: "\"") { isInside.toggle() }
            place += 1
          }
          words.append(String(decoding: bytes[start..<place], as: UTF8.self))
        } else {
          place += 1
          if byte > 32 { words.append(String(decoding: [byte], as: UTF8.self)) }
        }
      }
    }
  }
}

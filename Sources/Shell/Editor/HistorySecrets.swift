/// Finds entries that hold a password, which no history keeps.
enum HistorySecrets {
  static func isSecret(_ entry: String) -> Bool {
    let text = Array(entry.lowercased().utf8)
    return hasPassword(text) || hasCredentialsInURI(text)
  }

  /// `PASSWORD '…'`, `password = …`, `\password …`, `PGPASSWORD …`: the word and a value behind it.
  ///
  /// A variable (`PASSWORD :'pw'`), NULL and a parameter are no secrets, and a column's name alone is none.
  private static func hasPassword(_ text: [UInt8]) -> Bool {
    let word = Array("password".utf8)
    var start = 0
    while let found = firstRange(of: word, in: text, from: start) {
      start = found.upperBound
      let before = found.lowerBound > 0 ? text[found.lowerBound - 1] : 0
      if before == UInt8(ascii: "\\") { return true }
      var rest = text[found.upperBound...].drop(while: isBlank)
      let hasBlank = rest.startIndex > found.upperBound
      let hasEquals = rest.first == UInt8(ascii: "=")
      if hasEquals { rest = rest.dropFirst().drop(while: isBlank) }
      guard let first = rest.first else { continue }
      if before == UInt8(ascii: "g"), hasBlank || hasEquals { return true }  // PGPASSWORD
      if first == UInt8(ascii: "'") { return true }
      if first == UInt8(ascii: "e") || first == UInt8(ascii: "u"), rest.prefix(3).contains(UInt8(ascii: "'")) {
        return true
      }
      if first == UInt8(ascii: "$"), let next = rest.dropFirst().first, !(0x30...0x39).contains(next) { return true }
      // In a connection string the value stands bare.
      if hasEquals, !hasBlank, first != UInt8(ascii: ":"), first != UInt8(ascii: "$") { return true }
    }
    return false
  }

  /// `postgresql://user:secret@host`.
  private static func hasCredentialsInURI(_ text: [UInt8]) -> Bool {
    var start = 0
    while let found = firstRange(of: Array("://".utf8), in: text, from: start) {
      start = found.upperBound
      let authority = text[start...].prefix { !isBlank($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "'") }
      if let at = authority.lastIndex(of: UInt8(ascii: "@")),
        let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at
      {
        return true
      }
    }
    return false
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func firstRange(of word: [UInt8], in text: [UInt8], from start: Int) -> Range<Int>? {
    guard let first = word.first, text.count >= word.count else { return nil }
    var index = start
    while index + word.count <= text.count {
      if text[index] == first, text[index..<(index + word.count)].elementsEqual(word) {
        return index..<(index + word.count)
      }
      index += 1
    }
    return nil
  }
}

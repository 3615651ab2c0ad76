/// psql drops from headings and values, in every format, the bytes that aren't UTF-8.
enum ValidText {
  /// The text without its invalid bytes; nil if all of them are valid.
  ///
  /// Each byte that begins no character is dropped alone. As psql does, this counts as invalid the last two code points
  /// of each plane but the first.
  static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8]?
    var offset = 0
    while offset < bytes.count {
      let length = lengthOfCharacter(in: bytes, at: offset)
      if length == 0 {
        if result == nil { result = Array(bytes[..<offset]) }
        offset += 1
      } else {
        result?.append(contentsOf: bytes[offset..<(offset + length)])
        offset += length
      }
    }
    return result
  }

  static func cleaned(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBufferPointer { cleaned($0) } ?? bytes }

  /// The bytes of the character at `offset`, 0 if there is no valid one.
  @inline(__always)
  static func lengthOfCharacter(
    in bytes: UnsafeBufferPointer<UInt8>, at offset: Int, allowingNoncharacters: Bool = false
  ) -> Int {
    let first = bytes[offset]
    let left = bytes.count - offset
    func continues(_ place: Int) -> Bool { bytes[offset + place] & 0xC0 == 0x80 }
    switch first {
    case ..<0x80: return 1
    case 0xC2...0xDF:
      return left >= 2 && continues(1) ? 2 : 0
    case 0xE0...0xEF:
      guard left >= 3, continues(1), continues(2) else { return 0 }
      let second = bytes[offset + 1]
      // Longer than needed, or half of a surrogate pair.
      return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3
    case 0xF0...0xF4:
      guard left >= 4, continues(1), continues(2), continues(3) else { return 0 }
      let second = bytes[offset + 1]
      if (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) { return 0 }
      let endsPlane = second & 0x0F == 0x0F && bytes[offset + 2] == 0xBF && bytes[offset + 3] >= 0xBE
      return endsPlane && !allowingNoncharacters ? 0 : 4
    default: return 0
    }
  }
}

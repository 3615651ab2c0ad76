/// Small functions on ASCII text; nothing here knows a language.

func isIdentifierStart(_ byte: UInt8) -> Bool {
  (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == UInt8(ascii: "_")
}

func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

func isIdentifierPart(_ byte: UInt8) -> Bool { isIdentifierStart(byte) || isDigit(byte) }

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

/// Without blanks at both ends.
func trimmed<S: StringProtocol>(_ text: S) -> S.SubSequence {
  let bytes = Substring(text).utf8
  guard let first = bytes.firstIndex(where: { !isBlank($0) }) else { return text[text.endIndex...] }
  var end = bytes.endIndex
  while end > first {
    let before = bytes.index(before: end)
    if !isBlank(bytes[before]) { break }
    end = before
  }
  return text[first..<end]
}

/// The place where `needle` begins in `text` at or after `start`.
func position(of needle: some Collection<UInt8>, in text: [UInt8], from start: Int = 0) -> Int? {
  let needle = Array(needle)
  guard let first = needle.first else { return start <= text.count ? start : nil }
  guard start >= 0, text.count - start >= needle.count else { return nil }
  for place in start...(text.count - needle.count) where text[place] == first {
    if text[place..<(place + needle.count)].elementsEqual(needle) { return place }
  }
  return nil
}

func string(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Lines of a text, CR before LF dropped. A newline at the end starts no further line.
func lines(of text: String) -> [Substring] {
  var lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
    Substring(line.last == 0x0d ? line.dropLast() : line)
  }
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines
}

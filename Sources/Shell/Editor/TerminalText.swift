import CShims
import Glibc

/// How the terminal writes characters: UTF-8, or the single bytes of an older locale.
///
/// Bytes that are no character travel as 0xDC00 + byte, so that they come out as they went in.
enum TerminalText: Sendable {
  case utf8, locale

  /// The encoding of the process's LC_CTYPE. A plain C locale says nothing, and terminals are UTF-8 today.
  static var current: TerminalText {
    guard let name = nl_langinfo(Int32(CODESET)) else { return .utf8 }
    let codeset = String(cString: name)
    return codeset == "UTF-8" || codeset == "ANSI_X3.4-1968" || codeset == "US-ASCII" ? .utf8 : .locale
  }

  func decode(_ bytes: some Sequence<UInt8>) -> [UInt32] {
    switch self {
    case .utf8: TerminalText.decodeUTF8(Array(bytes))
    case .locale:
      bytes.map { byte in
        if byte < 0x80 { return UInt32(byte) }
        return UInt32(exactly: shim_wide_of_byte(Int32(byte))) ?? 0xDC00 + UInt32(byte)
      }
    }
  }

  func encode(_ scalars: some Sequence<UInt32>) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars { append(scalar, to: &bytes) }
    return bytes
  }

  func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 {
      bytes.append(UInt8(scalar))
    } else if scalar >= 0xDC80, scalar <= 0xDCFF {
      bytes.append(UInt8(scalar - 0xDC00))
    } else if case .locale = self {
      let byte = shim_byte_of_wide(scalar)
      bytes.append(byte < 0 ? UInt8(ascii: "?") : UInt8(truncatingIfNeeded: byte))
    } else if let character = Unicode.Scalar(scalar) {
      bytes.append(contentsOf: Array(UTF8.encode(character) ?? UTF8.encodedReplacementCharacter))
    }
  }

  /// The bytes of a character that begins with `first`, 1 where it can't begin one.
  func length(of first: UInt8) -> Int {
    guard case .utf8 = self else { return 1 }
    switch first {
    case 0xC2...0xDF: return 2
    case 0xE0...0xEF: return 3
    case 0xF0...0xF4: return 4
    default: return 1
    }
  }

  private static func decodeUTF8(_ bytes: [UInt8]) -> [UInt32] {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(bytes.count)
    var start = 0
    while start < bytes.count {
      let first = bytes[start]
      if first < 0x80 {
        scalars.append(UInt32(first))
        start += 1
        continue
      }
      let end = min(start + TerminalText.utf8.length(of: first), bytes.count)
      var decoder = UTF8()
      var iterator = bytes[start..<end].makeIterator()
      if end - start > 1, case .scalarValue(let scalar) = decoder.decode(&iterator), iterator.next() == nil {
        scalars.append(scalar.value)
        start = end
      } else {
        scalars.append(0xDC00 + UInt32(first))
        start += 1
      }
    }
    return scalars
  }
}

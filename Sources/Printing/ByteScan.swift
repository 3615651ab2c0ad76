/// Questions about bytes, eight at a time.
///
/// The loops trust the lengths of the buffers they are given, and read within them only.
enum ByteScan {
  private static let low: UInt64 = 0x0101_0101_0101_0101
  private static let high: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  private static func word(_ start: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
    UnsafeRawPointer(start + offset).loadUnaligned(as: UInt64.self)
  }

  /// Whether `test` (on words) or `testByte` (on what is left) finds nothing in the buffer.
  ///
  /// The last word overlaps the one before it, so only texts below eight bytes are read byte by byte.
  @inline(__always)
  private static func none(
    in bytes: UnsafeBufferPointer<UInt8>, word test: (UInt64) -> Bool, byte testByte: (UInt8) -> Bool
  ) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    let count = bytes.count
    if count < 8 {
      var offset = 0
      while offset < count {
        if testByte(start[offset]) { return false }
        offset += 1
      }
      return true
    }
    var offset = 0
    while offset <= count - 8 {
      if test(word(start, offset)) { return false }
      offset += 8
    }
    return offset == count || !test(word(start, count - 8))
  }

  /// Only characters from blank to tilde: as many columns as bytes.
  @inline(__always)
  static func isPrintableASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // A byte below 0x20 borrows into its top bit, 0x7F carries into it, and beyond ASCII it is set anyway.
    none(
      in: bytes, word: { (($0 &- low &* 0x20) | ($0 &+ low) | $0) & high != 0 }, byte: { $0 &- 0x20 >= 0x5F })
  }

  @inline(__always)
  static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    none(in: bytes, word: { $0 & high != 0 }, byte: { $0 >= 0x80 })
  }

  /// Whether the buffer holds `a`, a double quote, a newline or a carriage return: what CSV must quote.
  @inline(__always)
  static func needsQuotes(_ bytes: UnsafeBufferPointer<UInt8>, separator a: UInt8) -> Bool {
    let pattern = low &* UInt64(a)
    @inline(__always) func hasZero(_ word: UInt64) -> UInt64 { (word &- low) & ~word & high }
    return !none(
      in: bytes,
      word: {
        (hasZero($0 ^ pattern) | hasZero($0 ^ (low &* 0x22)) | hasZero($0 ^ (low &* 0x0A))
          | hasZero($0 ^ (low &* 0x0D))) != 0
      },
      byte: { $0 == a || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D })
  }
}

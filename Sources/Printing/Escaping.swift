extension ByteSink {
  /// Writes bytes with some of them replaced.
  @inline(__always)
  func append(_ bytes: UnsafeBufferPointer<UInt8>, replacing replacement: (UInt8) -> StaticString?) {
    var copied = 0
    for offset in 0..<bytes.count {
      guard let text = replacement(bytes[offset]) else { continue }
      append(UnsafeBufferPointer(rebasing: bytes[copied..<offset]))
      append(text)
      copied = offset + 1
    }
    append(UnsafeBufferPointer(rebasing: bytes[copied...]))
  }

  @inline(__always)
  func append(_ bytes: [UInt8], replacing replacement: (UInt8) -> StaticString?) {
    bytes.withUnsafeBufferPointer { append($0, replacing: replacement) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether there is nothing but blanks and tabs.
  var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}

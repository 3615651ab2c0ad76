/// Text as bytes in the client's encoding, which need not be valid UTF-8: what `\pset null` and the like are set to.
public struct ByteString: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  public init(_ text: String) { bytes = Array(text.utf8) }

  public init(stringLiteral text: String) { self.init(text) }

  public var isEmpty: Bool { bytes.isEmpty }

  /// The text, with what is not UTF-8 repaired: for messages.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteString {
  public static func + (left: ByteString, right: ByteString) -> ByteString {
    ByteString(bytes: left.bytes + right.bytes)
  }

  public static func += (left: inout ByteString, right: ByteString) { left.bytes += right.bytes }
}

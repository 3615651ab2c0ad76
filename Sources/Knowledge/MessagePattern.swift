/// A server message with its variable parts: `null value in column "{column}" of relation "{table}" violates *`.
///
/// `*` stands for anything, `{name}` for anything that becomes the value of the slot of that name. Compared without
/// regard to ASCII case, runs of blanks or typographic quotes, anywhere in a text: so the noise that drivers and logs
/// put around a message doesn't matter.
public struct MessagePattern: Sendable, Equatable {
  public let text: String
  private let pieces: [Piece]
  /// Bytes of fixed text: of two patterns that match, the longer one says more.
  public let specificity: Int

  private enum Piece: Sendable, Equatable {
    case fixed([UInt8])
    case any(name: String?)
  }

  init(_ text: String) {
    self.text = text
    var pieces: [Piece] = []
    var fixed: [UInt8] = []
    var name: [UInt8]?
    func flush() { if !fixed.isEmpty { pieces.append(.fixed(fixed)); fixed = [] } }
    for byte in MessageText(text).folded {
      switch byte {
      case UInt8(ascii: "*"):
        flush()
        pieces.append(.any(name: nil))
      case UInt8(ascii: "{"):
        flush()
        name = []
      case UInt8(ascii: "}"):
        if let slot = name { pieces.append(.any(name: string(slot))) }
        name = nil
      default:
        if name == nil { fixed.append(byte) } else { name?.append(byte) }
      }
    }
    flush()
    self.pieces = pieces
    specificity = pieces.reduce(0) { sum, piece in if case .fixed(let bytes) = piece { sum + bytes.count } else { sum }
    }
  }

  /// The names of its `{…}`.
  var names: [String] { pieces.compactMap { piece in if case .any(let name) = piece { name } else { nil } } }

  /// What the `{…}` stand for if the message occurs in the text, or nil.
  func match(_ text: MessageText) -> [String: String]? {
    guard case .fixed(let first)? = pieces.first(where: { if case .fixed = $0 { true } else { false } }) else {
      return nil
    }
    var start = 0
    while let place = position(of: first, in: text.folded, from: start) {
      if let values = match(text, at: place) { return values }
      start = place + 1
    }
    return nil
  }

  private func match(_ text: MessageText, at start: Int) -> [String: String]? {
    var values: [String: String] = [:]
    var place = start
    var open: (name: String?, from: Int)?
    for piece in pieces {
      switch piece {
      case .any(let name): open = (name, place)
      case .fixed(let bytes):
        guard let gap = open else {
          guard text.folded[place...].starts(with: bytes) else { return nil }
          place += bytes.count
          continue
        }
        // a variable part of a message is a name or a number: it never runs on for lines
        guard let found = position(of: bytes, in: text.folded, from: gap.from), found - gap.from <= 400 else {
          return nil
        }
        if let name = gap.name { values[name] = string(text.plain[gap.from..<found]) }
        place = found + bytes.count
        open = nil
      }
    }
    if let gap = open, let name = gap.name {
      // at the end nothing says how far it goes: one word
      var word = text.plain[gap.from...].prefix { !isBlank($0) }
      while let last = word.last, [UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "\"")].contains(last) {
        word.removeLast()
      }
      values[name] = string(word)
    }
    return values
  }
}

/// A text made ready for comparing: blanks run together, typographic quotes made plain; in two forms of equal length.
struct MessageText {
  /// With case.
  let plain: [UInt8]
  /// In ASCII lower case.
  let folded: [UInt8]

  init(_ text: String) {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x201c, 0x201d, 0x201e, 0xab, 0xbb: plain.append(UInt8(ascii: "\""))
      case 0x2018, 0x2019: plain.append(UInt8(ascii: "'"))
      case 0x20, 0x09...0x0d, 0xa0: if plain.last != 0x20 { plain.append(0x20) }
      default: plain.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    self.plain = plain
    folded = plain.map(lowercased)
  }
}

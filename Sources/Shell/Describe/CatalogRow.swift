import Postgres

/// A row of a catalog query, its values by column name.
///
/// Values are text in which each byte that is not ASCII stands as the character of that number, so that names in any
/// client encoding pass through unchanged; `bytes(of:)` turns them back.
struct CatalogRow {
  private let values: [String: String]

  init(_ result: borrowing Result, row: Int, names: [String]) {
    var values: [String: String] = [:]
    for (column, name) in names.enumerated() {
      if let bytes = result.bytes(row: row, column: column) { values[name] = Self.text(of: bytes) }
    }
    self.values = values
  }

  /// A value, empty for NULL.
  subscript(_ name: String) -> String { values[name] ?? "" }

  /// A value, nil for NULL.
  func optional(_ name: String) -> String? { values[name] }

  /// Whether a boolean is true.
  func holds(_ name: String) -> Bool { values[name] == "t" }

  private static func text(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }

  /// A text made of values as a person reads it, where it isn't printed as bytes.
  static func readable(_ text: String) -> String { String(decoding: bytes(of: text), as: UTF8.self) }

  /// The bytes that a text made of values stands for.
  static func bytes(of text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}

extension Session {
  /// Asks a catalog query and gives its rows.
  mutating func rows(
    _ sql: String, _ parameters: [String?] = [], isLookup: Bool = false
  ) throws(CommandError) -> [CatalogRow] {
    let result = try ask(sql, parameters, isLookup: isLookup)
    let names = (0..<result.columnCount).map { result.columnName($0) ?? "" }
    return (0..<result.rowCount).map { CatalogRow(result, row: $0, names: names) }
  }

  /// Asks the newest of several query texts that the server knows.
  mutating func rows(_ query: CatalogQuery, _ parameters: [String?] = []) throws(CommandError) -> [CatalogRow] {
    try rows(query.text(for: serverMajor), parameters)
  }
}

/// A query text, or several for several server versions.
struct CatalogQuery: Sendable, ExpressibleByStringInterpolation {
  private let texts: [(since: Int, sql: String)]

  init(stringLiteral sql: String) { texts = [(0, sql)] }

  /// The texts with the major version from which on each is right, newest first.
  init(_ texts: (since: Int, sql: String)...) { self.texts = texts }

  func text(for major: Int) -> String { texts.first { $0.since <= major }?.sql ?? texts.last?.sql ?? "" }
}

/// SQL that tells how long values are when the server puts them one after the other into a row or an index entry.
///
/// Each stands at its type's alignment, but a varlena of up to 126 bytes, which has a header of one byte and none. Sizes
/// come from single values: `pg_column_size` of a whole row would fetch everything that is TOASTed.
struct ValueLayout: Sendable {
  struct Value: Sendable {
    /// Where it is read, in SQL.
    let source: String
    /// Bytes; −1 for a varlena, −2 for a C string.
    let length: Int
    /// 1, 2, 4 or 8.
    let alignment: Int
    /// `attstorage`: p, e, m or x.
    let storage: String
    let isNotNull: Bool
    /// An expression's value, which has a long header until it is stored.
    var isComputed = false
  }

  let values: [Value]
  /// The server's major version.
  let major: Int

  /// Places of the values whose size has to be asked for.
  private var measured: [Int] { values.indices.filter { values[$0].length <= 0 || !values[$0].isNotNull } }

  /// `, … AS v0, … AS v3`: the sizes, 0 for null. A negative one is a compressed value of less than 128 bytes, which has
  /// a long header all the same.
  var measures: String { measured.map { ", \(measure(values[$0])) AS v\($0)" }.joined() }

  private func measure(_ value: Value) -> String {
    if value.length > 0 { return "CASE WHEN \(value.source) IS NULL THEN 0 ELSE \(value.length) END" }
    if value.length == -2 { return "coalesce(pg_catalog.octet_length(\(value.source)::pg_catalog.text) + 1, 0)" }
    let size = "pg_catalog.pg_column_size(\(value.source))"
    if value.isComputed && value.storage != "p" {
      return "coalesce(CASE WHEN \(size) <= 130 THEN \(size) - 3 ELSE \(size) END, 0)"
    }
    guard major >= 14, value.storage == "x" || value.storage == "m" else { return "coalesce(\(size), 0)" }
    return """
      CASE WHEN \(size) <= 127 AND pg_catalog.pg_column_compression(\(value.source)) IS NOT NULL THEN - \(size)
        ELSE coalesce(\(size), 0) END
      """
  }

  /// Whether a value is null, by the sizes in `s`; nil when none can be.
  var hasNulls: String? {
    let tests = values.indices.filter { !values[$0].isNotNull }.map { "s.v\($0) = 0" }
    return tests.isEmpty ? nil : tests.joined(separator: " OR ")
  }

  /// Where the last value ends, by the sizes in `s`; `moved` says in SQL whether a value is out of line, which leaves a
  /// pointer of 18 bytes. Every step names the offset before it once, so that the text stays linear.
  func end(moved: (Int) -> String? = { _ in nil }) -> String {
    var offset = "0"
    for (place, value) in values.enumerated() {
      let mask = value.alignment - 1
      if value.length > 0 && value.isNotNull {
        offset = Self.step(offset, mask: mask == 0 ? nil : "\(mask)", size: "\(value.length)")
      } else if value.length > 0 {
        let here = "CASE WHEN s.v\(place) = 0 THEN 0 ELSE \(mask) END"
        offset = Self.step(offset, mask: mask == 0 ? nil : here, size: "s.v\(place)")
      } else if value.length == -2 {
        offset = Self.step(offset, mask: nil, size: "s.v\(place)")
      } else {
        // Values stored plainly always have the long header.
        let least = value.storage == "p" ? 0 : 127
        let test = "s.v\(place) > \(least) OR s.v\(place) < 0"
        let out = moved(place)
        let isLong = "CASE WHEN \(out.map { "NOT (\($0)) AND (\(test))" } ?? test) THEN \(mask) ELSE 0 END"
        let size = "pg_catalog.abs(s.v\(place))"
        offset = Self.step(offset, mask: isLong, size: out.map { "CASE WHEN \($0) THEN 18 ELSE \(size) END" } ?? size)
      }
    }
    return offset
  }

  private static func step(_ offset: String, mask: String?, size: String) -> String {
    guard let mask else { return "(\(offset) + \(size))" }
    return "(((\(offset) + \(mask)) & ~(\(mask))) + \(size))"
  }
}

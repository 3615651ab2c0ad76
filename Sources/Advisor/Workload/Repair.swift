import SQLText

/// Makes what pg_stat_statements has recorded into text that can be planned: it puts `$n` where constants stood, also
/// where the grammar takes no parameter (`interval $1`) and where the number matters (`LIMIT $2`).
enum Repair {
  static func repaired(_ text: String, _ tree: JSONValue, meanRows: Double?) -> String {
    var edits: [(range: Range<Int>, text: String)] = []
    let bytes = Array(text.utf8)
    typedLiterals(tree, bytes, &edits)
    if let limit = limit(tree, bytes, meanRows) { edits.append(limit) }
    guard !edits.isEmpty else { return text }
    var result = bytes
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      result.replaceSubrange(edit.range, with: Array(edit.text.utf8))
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `interval $1` becomes `$1::interval`.
  private static func typedLiterals(
    _ tree: JSONValue, _ bytes: [UInt8], _ edits: inout [(range: Range<Int>, text: String)]
  ) {
    switch tree {
    case .array(let elements): for element in elements { typedLiterals(element, bytes, &edits) }
    case .object(let object):
      for member in object.members {
        if member.key == "TypeCast", let parameter = member.value["arg"]?.fields(of: "ParamRef"),
          let start = member.value["typeName"]?["location"]?.int, let place = parameter["location"]?.int, start < place,
          bytes.indices.contains(place), start >= 0
        {
          let end = endOfParameter(at: place, bytes)
          let type = String(decoding: bytes[start..<place], as: UTF8.self)
          let number = String(decoding: bytes[place..<end], as: UTF8.self)
          edits.append(
            (start..<end, "(\(number)::\(type.split(whereSeparator: \.isWhitespace).joined(separator: " ")))"))
        }
        typedLiterals(member.value, bytes, &edits)
      }
    default: break
    }
  }

  /// LIMIT with a parameter becomes LIMIT with the rows that were returned on average; else the planner would guess a
  /// tenth of all.
  private static func limit(
    _ tree: JSONValue, _ bytes: [UInt8], _ meanRows: Double?
  ) -> (range: Range<Int>, text: String)? {
    guard let meanRows, meanRows.isFinite, meanRows < 1e9,
      let parameter = tree.fields(of: "SelectStmt")?["limitCount"]?.fields(of: "ParamRef"),
      let place = parameter["location"]?.int, bytes.indices.contains(place),
      parameter["number"]?.int == tree.highestParameter
    else { return nil }
    return (place..<endOfParameter(at: place, bytes), String(max(1, Int(meanRows.rounded()))))
  }

  private static func endOfParameter(at place: Int, _ bytes: [UInt8]) -> Int {
    var end = place + 1
    while end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { end += 1 }
    return end
  }
}

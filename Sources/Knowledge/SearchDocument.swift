/// The result of a search as JSON: `{"schema":"pgmedic.kb/1","query":…,"results":[{"id","kind","title","score"}]}`.
public func searchDocument(query: String, hits: [Hit]) -> String {
  let results = hits.map { hit in
    "{\"id\":\(json(hit.id)),\"kind\":\(json(hit.kind.rawValue)),\"title\":\(json(hit.title)),\"score\":\(json(hit.score))}"
  }
  return "{\"schema\":\"pgmedic.kb/1\",\"query\":\(json(query)),\"results\":[\(results.joined(separator: ","))]}"
}

private func json(_ number: Double) -> String {
  number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : String(number)
}

private func json(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    // the two separators end a line in JavaScript
    case _ where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x2028 || scalar.value == 0x2029:
      let digits = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

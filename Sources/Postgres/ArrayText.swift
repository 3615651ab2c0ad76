/// One-dimensional arrays in the server's text form.
public enum ArrayText {
  public static func write(_ elements: [String?]) -> String {
    let written = elements.map { element in
      guard let element else { return "NULL" }
      var quoted = "\""
      for character in element.unicodeScalars {
        if character == "\"" || character == "\\" { quoted += "\\" }
        quoted.unicodeScalars.append(character)
      }
      return quoted + "\""
    }
    return "{" + written.joined(separator: ",") + "}"
  }

  public static func write(_ numbers: some Sequence<Int>) -> String {
    "{" + numbers.map { String($0) }.joined(separator: ",") + "}"
  }

  /// The elements of an array of whole numbers; what isn't one (NULL) is left out.
  public static func readNumbers(_ text: String) -> [Int] {
    let elements = text.utf8.drop { $0 != UInt8(ascii: "{") }.dropFirst().dropLast()
    return elements.split(separator: UInt8(ascii: ",")).compactMap { Int(Substring($0)) }
  }

  /// The elements of `{a,"b c",NULL}`, or of `[0:1]={a,b}` as vectors print; nested arrays aren't read.
  public static func read(_ text: String) -> [String?] {
    var elements: [String?] = []
    var element = ""
    var wasQuoted = false
    var inQuotes = false
    var isEscaped = false
    func finished() -> String? { element == "NULL" && !wasQuoted ? nil : element }
    for character in text.unicodeScalars.drop(while: { $0 != "{" }).dropFirst().dropLast() {
      if isEscaped {
        element.unicodeScalars.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        inQuotes.toggle()
        wasQuoted = true
      } else if character == "," && !inQuotes {
        elements.append(finished())
        element = ""
        wasQuoted = false
      } else {
        element.unicodeScalars.append(character)
      }
    }
    if !elements.isEmpty || !element.isEmpty || wasQuoted { elements.append(finished()) }
    return elements
  }
}

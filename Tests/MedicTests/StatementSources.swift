import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The SQL that stands in the modules' sources: every literal, for whichever server version, whether or not a test ever
/// sends it.
struct StatementSource: Sendable, CustomTestStringConvertible {
  /// `Medic/Locks.swift:20`
  let place: String
  /// The literal's text; what is interpolated is U+FFFD.
  let text: String

  var testDescription: String { place }

  static let hole: Character = "\u{fffd}"

  /// All literals of the modules that hold whole statements or parts of some: whatever begins with SELECT or WITH, or
  /// calls a function of pg_catalog.
  static func all(in modules: [String]) -> [StatementSource] {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Sources/"
    return modules.flatMap { module in
      files(under: root + module).flatMap { path in
        literals(of: text(of: path)).compactMap { literal in
          let trimmed = literal.text.drop { $0.isWhitespace || $0 == "(" }
          let begins = ["SELECT ", "WITH ", "SELECT\n"].contains { trimmed.hasPrefix($0) }
          // What examples plant names nothing of the catalog and is given as it stands.
          let isOurs = literal.text.contains("pg_catalog.") || (begins && literal.text.contains(hole))
          guard isOurs else { return nil }
          return StatementSource(place: "\(path.dropFirst(root.count)):\(literal.line)", text: literal.text)
        }
      }
    }
  }

  private static func files(under directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = directory + "/" + name
      if name.hasSuffix("Examples.swift") { continue }
      if name.hasSuffix(".swift") { found.append(path) } else { found += files(under: path) }
    }
    return found.sorted()
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  /// The string literals of a Swift source, interpolations replaced by a hole. Comments are skipped.
  static func literals(of source: String) -> [(line: Int, text: String)] {
    let characters = Array(source)
    var found: [(line: Int, text: String)] = []
    var (at, line) = (0, 1)
    func matches(_ text: String, _ index: Int) -> Bool {
      let wanted = Array(text)
      return index + wanted.count <= characters.count && Array(characters[index..<index + wanted.count]) == wanted
    }
    /// Reads the literal that begins at `at`; nested ones inside interpolations are found, too.
    func literal() -> String {
      let isLong = matches("\"\"\"", at)
      let quote = isLong ? "\"\"\"" : "\""
      at += quote.count
      var text = ""
      while at < characters.count, !matches(quote, at) {
        if characters[at] == "\n" { line += 1 }
        guard characters[at] == "\\", at + 1 < characters.count else {
          text.append(characters[at])
          at += 1
          continue
        }
        if characters[at + 1] == "(" {
          at += 2
          var depth = 1
          while at < characters.count, depth > 0 {
            switch characters[at] {
            case "(": depth += 1
            case ")": depth -= 1
            case "\n": line += 1
            case "\"":
              let start = line
              found.append((start, literal()))
              continue
            default: break
            }
            at += 1
          }
          text.append(hole)
        } else {
          let escaped: [Character: String] = ["n": "\n", "t": "\t", "\n": "", "\"": "\"", "\\": "\\"]
          if characters[at + 1] == "\n" { line += 1 }
          text += escaped[characters[at + 1]] ?? ""
          at += 2
        }
      }
      at += quote.count
      return text
    }
    while at < characters.count {
      if matches("//", at) {
        while at < characters.count, characters[at] != "\n" { at += 1 }
      } else if characters[at] == "\"" {
        let start = line
        found.append((start, literal()))
      } else {
        if characters[at] == "\n" { line += 1 }
        at += 1
      }
    }
    return found
  }
}

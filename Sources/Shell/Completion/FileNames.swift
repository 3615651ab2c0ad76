import Glibc

/// Files that go on with what is typed.
enum FileNames {
  /// When a name is put into single quotes.
  enum Quoting { case always, whereNeeded }

  /// The last word of a line as file names are delimited: by blanks outside single quotes.
  static func lastWord(of text: String) -> String {
    var word = String.UnicodeScalarView()
    var isInside = false
    for scalar in text.unicodeScalars {
      if scalar == "'" { isInside.toggle() }
      if !isInside, scalar == " " || scalar == "\t" || scalar == "\n" {
        word.removeAll()
      } else {
        word.append(scalar)
      }
    }
    return String(word)
  }

  static func candidates(for typed: String, quoting: Quoting) -> [Candidate] {
    let isQuoted = typed.hasPrefix("'")
    let path = isQuoted ? String(typed.dropFirst()).replacing("''", with: "'") : typed
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? ""
    let prefix = slash.map { String(path[path.index(after: $0)...]) } ?? path
    return entries(of: directory).filter { $0.name.hasPrefix(prefix) && ($0.name.first != "." || prefix.first == ".") }
      .sorted { $0.name < $1.name }
      .map { entry in
        let whole = directory + entry.name + (entry.isDirectory ? "/" : "")
        let needsQuotes = quoting == .always || isQuoted || whole.contains { " \t'\"\\:".contains($0) }
        let text = needsQuotes ? "'" + whole.replacing("'", with: "''") : whole
        let display = entry.name + (entry.isDirectory ? "/" : "")
        if entry.isDirectory { return Candidate(text, suffix: "", display: display) }
        return Candidate(text + (needsQuotes ? "'" : ""), suffix: " ", display: display)
      }
  }

  private static func entries(of directory: String) -> [(name: String, isDirectory: Bool)] {
    let path = directory.isEmpty ? "." : expandTilde(directory)
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var found: [(name: String, isDirectory: Bool)] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      let isDirectory = stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      found.append((name, isDirectory))
    }
    return found
  }
}

/// Breaks text into lines of at most `width` characters, at blanks; a longer word is broken behind `_`, `.` or `,` where
/// it has one.
func wordWrapped(_ text: String, width: Int) -> [String] {
  let width = max(8, width)
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    var line = ""
    for word in paragraph.split(separator: " ") {
      var word = word
      if !line.isEmpty {
        if line.count + 1 + word.count <= width {
          line += " " + word
          continue
        }
        lines.append(line)
        line = ""
      }
      while word.count > width {
        let head = word.prefix(width)
        let end = head.lastIndex { "_.,/".contains($0) }.map { head.index(after: $0) } ?? head.endIndex
        lines.append(String(word[..<end]))
        word = word[end...]
      }
      line = String(word)
    }
    lines.append(line)
  }
  return lines
}

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

/// Breaks a line of a tree: what leads it in (blanks, `├─`, `│`) goes on in the lines that follow, so that branches stay
/// whole and the text stays beside its branch.
func hangingWrapped(_ line: String, width: Int) -> [String] {
  let lead = line.prefix { " │├└─".contains($0) }
  let rest = String(lead.map { $0 == "├" || $0 == "│" ? "│" : " " }) + "  "
  let pieces = wordWrapped(String(line.dropFirst(lead.count)), width: max(20, width - rest.count))
  return pieces.enumerated().map { index, piece in (index == 0 ? String(lead) : rest) + piece }
}

/// `\h`: the syntax of SQL commands, as psql 15 prints it.
public enum SQLHelp {
  struct Topic {
    var name: Substring
    /// From `Command:` to the empty line after the URL.
    var text: Substring
  }

  private static let entries: [Topic] = {
    let text = PsqlText.sql.text
    let label = "Command:     "
    let heads = text.split(separator: "\n").filter { $0.hasPrefix(label) }
    let ends = heads.dropFirst().map(\.startIndex) + [text.endIndex]
    return zip(heads, ends).map { head, end in
      Topic(name: head.dropFirst(label.count), text: text[head.startIndex..<end])
    }
  }()

  /// The names of the commands, sorted: what `\h` completes.
  public static var topics: [String] { entries.map { String($0.name) } }

  /// What `\h` prints on standard output.
  ///
  /// - Parameters:
  ///   - topic: the rest of the line. Nothing lists all commands; `*` explains all.
  ///   - width: columns of the terminal; 80 when the output is none.
  public static func text(topic: String, width: Int = 80) -> String {
    var topic = topic[...]
    while let last = topic.last, last.isWhitespace || last == ";" { topic.removeLast() }
    topic = topic.drop(while: \.isWhitespace)
    if topic.isEmpty { return list(width: width) }
    if topic == "*" { return String(PsqlText.sql.text) }
    let found = matches(topic)
    guard !found.isEmpty else {
      return "No help available for \"\(topic)\".\nTry \\h with no arguments to see available help.\n"
    }
    return found.map(\.text).joined()
  }

  /// The command of that name; else those that begin with the words, with the first two of them, with the first.
  ///
  /// So `\h create table t (id int)` explains CREATE TABLE, as somebody pasting half a statement would like it.
  private static func matches(_ topic: Substring) -> [Topic] {
    if let exact = entries.first(where: { $0.name.count == topic.count && $0.name.hasPrefixIgnoringCase(topic) }) {
      return [exact]
    }
    let blanks = topic.indices.filter { topic[$0] == " " }
    let stems = [topic] + blanks.prefix(2).reversed().map { topic[..<$0] }
    for stem in stems {
      let found = entries.filter { $0.name.hasPrefixIgnoringCase(stem) }
      if !found.isEmpty { return found }
    }
    return []
  }

  private static func list(width: Int) -> String {
    let longest = entries.map(\.name.count).max() ?? 0
    let columns = max(1, (width - 3) / (longest + 1))
    let rows = (entries.count + columns - 1) / columns
    var text = "Available help:\n"
    for row in 0..<rows {
      text += "  "
      for column in 0..<columns {
        let index = column * rows + row
        let name = index < entries.count ? entries[index].name : ""
        text += name
        if column < columns - 1 { text += String(repeating: " ", count: longest + 1 - name.count) }
      }
      text += "\n"
    }
    return text
  }
}

extension Substring {
  /// Letters of ASCII match in either case.
  fileprivate func hasPrefixIgnoringCase(_ stem: Substring) -> Bool {
    func folded(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte }
    return utf8.count >= stem.utf8.count && zip(utf8, stem.utf8).allSatisfy { folded($0) == folded($1) }
  }
}

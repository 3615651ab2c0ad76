import CLibEdit
import Glibc

/// A user's file of key bindings: libedit's `.editrc` or readline's `.inputrc`, of which we take what has a counterpart.
struct EditorFile {
  enum Kind: Sendable { case editrc, inputrc }

  enum Command: Equatable {
    case mode(isVi: Bool)
    case bind(keys: String, function: String, inCommandMap: Bool)
    /// The words of a command that libedit understands itself.
    case libedit([String])
    /// No bell.
    case quiet
  }

  let path: String
  let kind: Kind

  /// `.inputrc` first, so that `.editrc`, which is libedit's own, has the last word.
  static var standard: [EditorFile] {
    let home = getenv("HOME").map { String(cString: $0) } ?? ""
    func path(_ variable: String, _ name: String) -> String {
      if let named = getenv(variable).map({ String(cString: $0) }), !named.isEmpty { return named }
      return home + "/" + name
    }
    return [
      EditorFile(path: path("INPUTRC", ".inputrc"), kind: .inputrc),
      EditorFile(path: path("EDITRC", ".editrc"), kind: .editrc),
    ]
  }

  /// What the file says; nothing if it can't be read.
  func commands() -> [Command] {
    guard let stream = fopen(path, "re") else { return [] }
    defer { fclose(stream) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while text.count < 1 << 20 {
      let count = fread(&piece, 1, piece.count, stream)
      if count == 0 { break }
      text += piece[..<count]
    }
    let lines = text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    return kind == .editrc ? lines.compactMap(EditorFile.editrc) : EditorFile.inputrc(lines)
  }

  // MARK: .editrc

  static func editrc(_ line: String) -> Command? {
    let words = words(of: line)
    guard let first = words.first, !first.hasPrefix("#") else { return nil }
    let name = first.split(separator: ":").last.map(String.init) ?? first
    let isOurs = !first.contains(":") || first.hasPrefix("psql:") || first.hasPrefix("pgmedic:")
    guard name == "bind", isOurs else { return .libedit(words) }
    let inCommandMap = words.count == 4 && words[1] == "-a"
    if words.count == 3, words[1] == "-v" || words[1] == "-e" { return .libedit(words) }
    guard words.count == 3 && !words[1].hasPrefix("-") || inCommandMap, let keys = words.dropLast().last,
      let function = words.last, let plain = unescape(keys), plain.hasPrefix("\u{1b}"), plain.count > 1
    else { return .libedit(words) }
    return .bind(keys: plain, function: function, inCommandMap: inCommandMap)
  }

  /// Words as libedit's tokenizer sees them (single and double quotes, backslashes).
  private static func words(of line: String) -> [String] {
    guard let tokenizer = tok_init(nil) else { return [] }
    defer { tok_end(tokenizer) }
    var count: Int32 = 0
    var words: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    guard tok_str(tokenizer, line, &count, &words) == 0, let words else { return [] }
    return (0..<Int(count)).compactMap { index in words[index].map { String(cString: $0) } }
  }

  /// `^[`, `\e`, `\033` and the like as characters; nil for a form that only libedit knows.
  static func unescape(_ text: String) -> String? {
    var plain = String.UnicodeScalarView()
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "^", let next = rest.popFirst() {
        guard next.isASCII else { return nil }
        plain.append(next == "?" ? "\u{7f}" : Unicode.Scalar(UInt8(next.value & 0x1f)))
      } else if scalar == "\\", let next = rest.popFirst() {
        switch next {
        case "e", "E": plain.append("\u{1b}")
        case "0"..."7":
          var value = next.value - 48
          var digits = 1
          while digits < 3, let digit = rest.first, ("0"..."7").contains(digit) {
            value = value * 8 + digit.value - 48
            digits += 1
            rest.removeFirst()
          }
          guard let scalar = Unicode.Scalar(value) else { return nil }
          plain.append(scalar)
        case "a": plain.append("\u{07}")
        case "b": plain.append("\u{08}")
        case "t": plain.append("\t")
        case "n": plain.append("\n")
        case "r": plain.append("\r")
        case "d": plain.append("\u{7f}")
        case "\\", "\"", "'": plain.append(next)
        default: return nil
        }
      } else {
        plain.append(scalar)
      }
    }
    return String(plain)
  }

  // MARK: .inputrc

  static func inputrc(_ lines: [String]) -> [Command] {
    var commands: [Command] = []
    var conditions: [Bool] = []
    var inCommandMap = false
    var isVi = false
    for line in lines.map({ $0.drop { $0 == " " || $0 == "\t" } }) where !line.hasPrefix("#") {
      if line.hasPrefix("$if") {
        conditions.append(holds(line.dropFirst(3), isVi: isVi))
      } else if line.hasPrefix("$else") {
        if let last = conditions.popLast() { conditions.append(!last) }
      } else if line.hasPrefix("$endif") {
        _ = conditions.popLast()
      } else if conditions.allSatisfy({ $0 }) {
        let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map { $0.lowercased() }
        if words.count >= 3, words[0] == "set" {
          switch (words[1], words[2]) {
          case ("editing-mode", let mode):
            isVi = mode == "vi"
            inCommandMap = false
            commands.append(.mode(isVi: isVi))
          case ("keymap", let map): inCommandMap = map == "vi-command" || map == "vi" || map == "vi-move"
          case ("bell-style", "none"): commands.append(.quiet)
          default: break
          }
        } else if let bind = binding(line, inCommandMap: inCommandMap) {
          commands.append(bind)
        }
      }
    }
    return commands
  }

  private static func holds(_ condition: Substring, isVi: Bool) -> Bool {
    let word = condition.filter { $0 != " " && $0 != "\t" && $0 != "\r" }.lowercased()
    switch word {
    case "psql", "pgmedic": return true
    case "mode=vi": return isVi
    case "mode=emacs": return !isVi
    default: return word.hasPrefix("term=") && getenv("TERM").map { String(cString: $0) } == String(word.dropFirst(5))
    }
  }

  /// `"\C-x\e[A": function` or `Control-x: function`, if libedit has such a function.
  private static func binding(_ line: Substring, inCommandMap: Bool) -> Command? {
    let keys: String
    let rest: Substring
    if line.hasPrefix("\"") {
      var end = line.index(after: line.startIndex)
      while end < line.endIndex, line[end] != "\"" {
        end = line.index(end, offsetBy: line[end] == "\\" ? 2 : 1, limitedBy: line.endIndex) ?? line.endIndex
      }
      guard end < line.endIndex else { return nil }
      let quoted = line[line.index(after: line.startIndex)..<end]
      guard let plain = readlineKeys(quoted) else { return nil }
      keys = plain
      rest = line[line.index(after: end)...]
    } else {
      guard let colon = line.firstIndex(of: ":"), let plain = readlineKeyName(line[..<colon]) else { return nil }
      keys = plain
      rest = line[colon...]
    }
    let name = rest.filter { $0 != ":" && $0 != " " && $0 != "\t" && $0 != "\r" }.lowercased()
    guard let function = readlineFunctions[name] else { return nil }
    return .bind(keys: keys, function: function, inCommandMap: inCommandMap)
  }

  private static func readlineKeys(_ text: Substring) -> String? {
    var plain = String.UnicodeScalarView()
    var rest = text
    while !rest.isEmpty {
      if rest.hasPrefix("\\C-"), let letter = rest.dropFirst(3).unicodeScalars.first, letter.isASCII {
        plain.append(letter == "?" ? "\u{7f}" : Unicode.Scalar(UInt8(letter.value & 0x1f)))
        rest = rest.dropFirst(4)
      } else if rest.hasPrefix("\\M-") {
        plain.append("\u{1b}")
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("\\") {
        let length = rest.dropFirst().first?.isNumber == true ? 4 : 2
        guard let scalars = unescape(String(rest.prefix(length))) else { return nil }
        plain.append(contentsOf: scalars.unicodeScalars)
        rest = rest.dropFirst(length)
      } else {
        plain.append(contentsOf: rest.prefix(1).unicodeScalars)
        rest = rest.dropFirst()
      }
    }
    return plain.isEmpty ? nil : String(plain)
  }

  private static func readlineKeyName(_ text: Substring) -> String? {
    let name = text.lowercased()
    for prefix in ["control-", "c-", "ctrl-"] where name.hasPrefix(prefix) {
      guard let letter = name.dropFirst(prefix.count).unicodeScalars.first, letter.isASCII else { return nil }
      return String(Unicode.Scalar(UInt8(letter.value & 0x1f)))
    }
    for prefix in ["meta-", "m-"] where name.hasPrefix(prefix) { return "\u{1b}" + name.dropFirst(prefix.count) }
    return ["tab": "\t", "return": "\r", "escape": "\u{1b}", "space": " ", "rubout": "\u{7f}"][name]
  }

  private static let readlineFunctions = [
    "beginning-of-line": "pgmedic-line-start", "end-of-line": "pgmedic-line-end", "forward-char": "ed-next-char",
    "backward-char": "ed-prev-char", "forward-word": "em-next-word", "backward-word": "ed-prev-word",
    "clear-screen": "pgmedic-clear", "accept-line": "pgmedic-accept", "previous-history": "pgmedic-up",
    "next-history": "pgmedic-down", "reverse-search-history": "pgmedic-search",
    "history-search-backward": "ed-search-prev-history", "history-search-forward": "ed-search-next-history",
    "history-substring-search-backward": "ed-search-prev-history", "delete-char": "ed-delete-next-char",
    "backward-delete-char": "ed-delete-prev-char", "transpose-chars": "ed-transpose-chars",
    "upcase-word": "em-upper-case", "downcase-word": "em-lower-case", "capitalize-word": "em-capitol-case",
    "kill-line": "ed-kill-line", "unix-line-discard": "vi-kill-line-prev", "kill-whole-line": "em-kill-line",
    "kill-word": "em-delete-next-word", "backward-kill-word": "ed-delete-prev-word",
    "unix-word-rubout": "ed-delete-prev-word", "yank": "em-yank", "undo": "vi-undo", "complete": "pgmedic-complete",
    "menu-complete": "pgmedic-complete", "quoted-insert": "ed-quoted-insert", "vi-movement-mode": "vi-command-mode",
  ]
}

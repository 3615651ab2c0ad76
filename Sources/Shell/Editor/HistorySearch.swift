import CLibEdit
import CShims

/// Ctrl-R: looks for text in the history while it is typed, newest entry first.
struct HistorySearch {
  let entries: [String]
  private(set) var pattern = ""
  private(set) var index: Int
  private(set) var hasFailed = false

  init(_ entries: [String]) {
    self.entries = entries
    index = entries.count
  }

  /// The entry found, and where in it the pattern stands (in Unicode scalars).
  var match: (entry: String, offset: Int)? {
    guard entries.indices.contains(index), let offset = HistorySearch.offset(of: pattern, in: entries[index]) else {
      return nil
    }
    return (entries[index], offset)
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    pattern.unicodeScalars.append(scalar)
    seek(from: min(index, entries.count - 1), by: -1)
  }

  mutating func shorten() {
    if pattern.unicodeScalars.isEmpty { return }
    pattern.unicodeScalars.removeLast()
    index = entries.count
    hasFailed = false
    if !pattern.isEmpty { seek(from: entries.count - 1, by: -1) }
  }

  mutating func older() { seek(from: index - 1, by: -1) }
  mutating func newer() { seek(from: index + 1, by: 1) }

  /// Takes the pattern of an earlier search, when Ctrl-R comes twice.
  mutating func resume(_ earlier: String) {
    pattern = earlier
    seek(from: entries.count - 1, by: -1)
  }

  private mutating func seek(from start: Int, by step: Int) {
    var candidate = start
    let skipped = match?.entry
    while entries.indices.contains(candidate) {
      let isRepeat = candidate != index && entries[candidate] == skipped
      if !isRepeat, HistorySearch.offset(of: pattern, in: entries[candidate]) != nil {
        index = candidate
        hasFailed = false
        return
      }
      candidate += step
    }
    hasFailed = true
  }

  /// The last place of `pattern`; letter case counts only if the pattern has a capital.
  static func offset(of pattern: String, in entry: String) -> Int? {
    let folds = pattern == pattern.lowercased()
    let wanted = Array(pattern.unicodeScalars)
    let text = Array(entry.unicodeScalars).map {
      folds ? $0.properties.lowercaseMapping.unicodeScalars.first ?? $0 : $0
    }
    guard !wanted.isEmpty, wanted.count <= text.count else { return nil }
    return (0...(text.count - wanted.count)).last { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}

extension LineEditor {
  /// Runs the search until a key ends it: Enter runs the entry, ESC and other keys edit it, Ctrl-G gives it up.
  func searchHistory() -> Int32 {
    let original = text
    let originalCursor = cursor
    var search = HistorySearch(history.entries)
    defer { if !search.pattern.isEmpty { lastSearch = search.pattern } }
    while true {
      let event = nextEvent { show(search, original) }
      guard let event else { return CC_NORM }
      switch event {
      case .character(0x12):  // ^R
        if search.pattern.isEmpty, let lastSearch { search.resume(lastSearch) } else { search.older() }
      case .character(0x13): search.newer()  // ^S
      case .character(0x08), .character(0x7f): search.shorten()
      case .character(0x07):  // ^G
        setText(original)
        cursor = originalCursor
        return CC_REFRESH
      case .character(let scalar) where scalar >= 32:
        if let scalar = Unicode.Scalar(scalar) { search.append(scalar) }
      default:
        take(search)
        if event == .end { finish(.end) }
        if event != .character(0x1b), event != .other { keys.putBack(event) }
        return CC_REFRESH
      }
      if search.hasFailed { ring() }
    }
  }

  private func take(_ search: HistorySearch) {
    guard let match = search.match else { return }
    setText(encoding.decode(match.entry.utf8))
    cursor = match.offset
  }

  private func show(_ search: HistorySearch, _ original: [UInt32]) {
    let label = search.hasFailed ? "failed reverse-i-search" : "reverse-i-search"
    let prompt = EditorPrompt("(\(label))`\(search.pattern)': ", encoding)
    guard let match = search.match else { return paint(prompt, original, styles: [], cursor: original.count) }
    let text = encoding.decode(match.entry.utf8)
    let end = match.offset + search.pattern.unicodeScalars.count
    let styles = text.indices.map { $0 >= match.offset && $0 < end ? TextStyle.match : .plain }
    paint(prompt, text, styles: styles, cursor: match.offset)
  }
}

/// The statements and commands that were entered, oldest first.
final class History {
  /// psql's HISTCONTROL.
  struct Control: OptionSet, Sendable {
    let rawValue: Int
    /// Entries that begin with a blank are not kept.
    static let ignoreSpace = Control(rawValue: 1)
    /// Entries equal to the one before are not kept.
    static let ignoreDuplicates = Control(rawValue: 2)
  }

  private(set) var entries: [String] = []
  /// psql's HISTSIZE: the most entries kept, negative for all.
  var limit: Int { didSet { trim() } }
  var control: Control
  /// Entries that a file was read into, so that only later ones are appended to it.
  private(set) var savedCount = 0

  init(limit: Int = 500, control: Control = []) {
    self.limit = limit
    self.control = control
  }

  /// Keeps `entry` unless it is empty, ruled out by `control`, or holds a password; whether it was kept.
  @discardableResult
  func add(_ entry: String) -> Bool {
    var text = Substring(entry)
    while text.unicodeScalars.last == "\n" { text.unicodeScalars.removeLast() }
    let entry = String(text)
    guard limit != 0, !entry.isEmpty, !HistorySecrets.isSecret(entry) else { return false }
    if control.contains(.ignoreSpace), entry.hasPrefix(" ") { return false }
    if control.contains(.ignoreDuplicates), entries.last == entry { return false }
    entries.append(entry)
    trim()
    return true
  }

  /// Puts what a file holds before what was entered since.
  func load(_ earlier: [String]) {
    let earlier = earlier.filter { !$0.isEmpty }
    entries = earlier + entries.dropFirst(savedCount)
    savedCount = earlier.count
    trim()
  }

  func markSaved() { savedCount = entries.count }

  /// Entries that no file has yet.
  var unsaved: ArraySlice<String> { entries.dropFirst(savedCount) }

  private func trim() {
    guard limit >= 0, entries.count > limit else { return }
    let surplus = entries.count - limit
    entries.removeFirst(surplus)
    savedCount = max(savedCount - surplus, 0)
  }
}

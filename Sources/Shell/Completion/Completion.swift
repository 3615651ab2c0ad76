/// What the word before the cursor may become.
struct Completion: Equatable {
  /// Unicode scalars before the cursor that a candidate replaces.
  var typedCount: Int
  /// In the order in which they are listed.
  var candidates: [Candidate]

  /// What all of `texts` begin with.
  static func commonPrefix(of texts: [String]) -> String {
    guard var common = texts.first.map({ Array($0.unicodeScalars) }) else { return "" }
    for text in texts.dropFirst() {
      let same = zip(common, text.unicodeScalars).prefix { $0 == $1 }.count
      common.removeLast(common.count - same)
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: common)
    return String(view)
  }
}

/// One text that the word before the cursor may become.
struct Candidate: Equatable, Sendable {
  /// What takes the place of the typed word.
  var text: String
  /// What follows when this is the only candidate: a blank, a closing quote and a blank, or nothing.
  var suffix: String
  /// How it stands in a list.
  var display: String

  init(_ text: String, suffix: String = " ", display: String? = nil) {
    self.text = text
    self.suffix = suffix
    self.display = display ?? text
  }
}

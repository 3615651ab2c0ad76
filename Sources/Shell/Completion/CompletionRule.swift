/// One rule: after these words, these may come.
///
/// The left side is words of a statement: `*` stands for any one word, `…` for any number, `A|B` for either, `!A|B` for
/// any word but those, `[A B]` may be missing, `()` is a list in parentheses and `(` an open one. It must fit all the
/// words before the cursor; a rule that begins with `…` fits their end.
///
/// The right side is what is offered, separated by commas: keywords as they stand, and `<kind>` for names from the
/// server. `<kind:2>` depends on what the second `*` stands for.
struct CompletionRule: Sendable {
  enum Part: Equatable, Sendable {
    case word(Set<String>)
    case not(Set<String>)
    case any
    case many
  }

  enum Offer: Equatable, Sendable {
    case keyword(String)
    case names(NameKind, of: Int?)
  }

  let patterns: [[Part]]
  let offers: [Offer]

  init(_ pattern: String, _ offers: String) {
    patterns = CompletionRule.variants(of: pattern).map { variant in
      variant.split(separator: " ").map { CompletionRule.part(String($0)) }
    }
    self.offers = CompletionRule.offers(offers)
  }

  private static func part(_ text: String) -> Part {
    switch text {
    case "*": .any
    case "…": .many
    case _ where text.hasPrefix("!"): .not(Set(text.dropFirst().split(separator: "|").map(String.init)))
    default: .word(Set(text.split(separator: "|").map(String.init)))
    }
  }

  static func offers(_ text: String) -> [Offer] {
    text.split(separator: ",").compactMap { piece in
      let word = piece.drop { $0 == " " }
      guard word.hasPrefix("<") else { return .keyword(String(word)) }
      let parts = word.dropFirst().dropLast().split(separator: ":")
      guard let name = parts.first, let kind = NameKind(rawValue: String(name)) else { return nil }
      return .names(kind, of: parts.count > 1 ? Int(parts[1]) : nil)
    }
  }

  /// With and without each `[…]`.
  private static func variants(of pattern: String) -> [String] {
    guard let open = pattern.firstIndex(of: "["), let close = pattern[open...].firstIndex(of: "]") else {
      return [pattern]
    }
    let before = String(pattern[..<open])
    let inside = String(pattern[pattern.index(after: open)..<close])
    let after = String(pattern[pattern.index(after: close)...])
    return variants(of: before + inside + after) + variants(of: before + after)
  }

  /// What the `*`s stand for, nil when the rule does not fit. `upper` is `words` in capitals.
  func match(_ words: [String], upper: [String]) -> [String]? {
    for pattern in patterns {
      if let found = CompletionRule.match(pattern[...], words[...], upper[...]) { return found }
    }
    return nil
  }

  private static func match(
    _ pattern: ArraySlice<Part>, _ words: ArraySlice<String>, _ upper: ArraySlice<String>
  ) -> [String]? {
    guard let part = pattern.first else { return words.isEmpty ? [] : nil }
    let rest = pattern.dropFirst()
    if part == .many {
      for skipped in 0...words.count {
        if let found = match(rest, words.dropFirst(skipped), upper.dropFirst(skipped)) { return found }
      }
      return nil
    }
    guard let word = words.first, let capital = upper.first else { return nil }
    switch part {
    case .word(let allowed): if !allowed.contains(capital) { return nil }
    case .not(let ruledOut): if ruledOut.contains(capital) { return nil }
    case .any, .many: break
    }
    guard let found = match(rest, words.dropFirst(), upper.dropFirst()) else { return nil }
    return part == .any ? [word] + found : found
  }
}

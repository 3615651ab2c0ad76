/// The words that titles, synonyms, questions and symptoms use, for correcting what is misspelt.
struct Spelling {
  /// Each word with the number of pages that use it.
  private var counts: [String: Int] = [:]

  init(_ entries: [Entry]) {
    for entry in entries {
      var words: Set<String> = []
      for text in [entry.title] + entry.synonyms + entry.questions + entry.symptoms {
        words.formUnion(SearchQuery.words(of: text))
      }
      for word in words { counts[word, default: 0] += 1 }
    }
    for word in Synonyms.groups.joined() where !word.contains(" ") { counts[word, default: 0] += 1 }
  }

  /// What a word that no page has may mean: the nearest word, or two words written as one. Empty where nothing is near.
  func corrections(of word: String) -> [String] {
    let letters = Array(word.unicodeScalars)
    guard letters.count >= 4 else { return [] }
    for cut in 3..<max(3, letters.count - 2) {
      let parts = [letters[..<cut], letters[cut...]].map { part in
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part)
        return String(text)
      }
      if parts.allSatisfy({ counts[$0] != nil }) { return parts }
    }
    let limit = letters.count <= 5 ? 1 : letters.count <= 9 ? 2 : 3
    var best: (word: String, distance: Int, count: Int)?
    for (known, count) in counts where known.utf8.count >= 4 {
      let other = Array(known.unicodeScalars)
      guard abs(other.count - letters.count) <= limit else { continue }
      let distance = Self.distance(letters, other)
      guard distance <= limit else { continue }
      if let now = best {
        guard (distance, -count, known) < (now.distance, -now.count, now.word) else { continue }
      }
      best = (known, distance, count)
    }
    return best.map { [$0.word] } ?? []
  }

  /// Letters to insert, remove, change or swap with their neighbour to get from one word to the other.
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}

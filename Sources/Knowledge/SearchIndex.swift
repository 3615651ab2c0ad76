#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A full-text index over the entries, in memory.
struct SearchIndex: ~Copyable {
  private let database: SQLite
  private let entries: [Entry]

  init(_ entries: [Entry]) throws(SQLite.Failure) {
    let database = try SQLite()
    try database.run(
      """
      CREATE VIRTUAL TABLE page USING fts5(
        title, synonyms, questions, symptoms, messages, summary, body, content = '', tokenize = 'porter unicode61');
      BEGIN
      """)
    try database.run(
      "INSERT INTO page (rowid, title, synonyms, questions, symptoms, messages, summary, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      rows: entries.enumerated().map { place, entry in
        let pages = [entry] + entry.additions
        func all(_ texts: (Entry) -> [String]) -> String { pages.flatMap(texts).joined(separator: "\n") }
        return [
          String(place), all { [$0.title, $0.id] }, all(\.synonyms), all(\.questions), all(\.symptoms),
          all { $0.messages.map(\.text) },
          all { [$0.summary] }, all { [$0.bodyWords] },
        ]
      })
    try database.run("COMMIT")
    self.database = database
    self.entries = entries
  }

  /// Entries by place, with the weight of the query's words in them.
  func search(_ query: SearchQuery) throws(SQLite.Failure) -> [(Int, Double)] {
    var scores: [Int: Double] = [:]
    var counts: [Int: Int] = [:]
    let groups = try groups(query)
    for group in groups {
      var weights: [Int: Double] = [:]
      // a word's synonym counts less than the word, and not beside it
      for (terms, share) in [(group.words, 1), (group.synonyms, 0.4)] {
        for term in terms {
          for (place, weight) in try weigh(term) { weights[place] = max(weights[place] ?? 0, weight * share) }
        }
      }
      for (place, weight) in weights {
        scores[place, default: 0] += weight
        counts[place, default: 0] += 1
      }
    }
    // a page that has all the words means more than one that has one of them often
    return scores.map { place, score in
      (place, score * (0.3 + 0.7 * Double(counts[place] ?? 0) / Double(max(1, groups.count))))
    }
  }

  /// What one word of the query is looked up as.
  private struct Group {
    var words: [String] = []
    var synonyms: [String] = []
  }

  private func groups(_ query: SearchQuery) throws(SQLite.Failure) -> [Group] {
    var groups: [Group] = []
    var spelling: Spelling?
    for word in query.words {
      var group = Group()
      if try matches(Self.phrase(word)) {
        group.words = [Self.phrase(word)]
        group.synonyms = Synonyms.of(word).map(Self.phrase)
      } else if word.utf8.count >= 4, try matches(Self.phrase(word) + "*") {
        group.words = [Self.phrase(word) + "*"]
      } else {
        let known = spelling ?? Spelling(entries)
        spelling = known
        let corrections = known.corrections(of: word)
        group.words = corrections.map(Self.phrase)
        group.synonyms = corrections.flatMap(Synonyms.of).map(Self.phrase)
      }
      groups.append(group)
    }
    // two words that are one, and one that stands for two: dead lock, foreign key
    for (index, (first, second)) in zip(query.words, query.words.dropFirst()).enumerated() {
      if try matches(Self.phrase(first + second)) { groups[index].words.append(Self.phrase(first + second)) }
      groups[index].synonyms += Synonyms.of("\(first) \(second)").map(Self.phrase)
    }
    return groups.filter { !$0.words.isEmpty || !$0.synonyms.isEmpty }
  }

  /// The entries that have a term, with its weight in them.
  ///
  /// FTS5's `bm25` counts a term as nothing once half of the pages have it, and here half of the pages have "index": so
  /// its measure of rarity is taken out, and one put in that stays positive.
  private func weigh(_ term: String) throws(SQLite.Failure) -> [(Int, Double)] {
    let rows = try database.pairs(
      "SELECT rowid, -bm25(page, 10, 8, 7, 6, 4, 4, 1) FROM page WHERE page MATCH ? ORDER BY rowid", [term])
    let odds = (Double(entries.count - rows.count) + 0.5) / (Double(rows.count) + 0.5)
    let rarity = log(odds) > 0 ? log(odds) : 1e-6
    return rows.map { ($0.0, $0.1 / rarity * log(1 + odds)) }
  }

  private func matches(_ term: String) throws(SQLite.Failure) -> Bool {
    try !database.pairs("SELECT rowid, 0 FROM page WHERE page MATCH ? LIMIT 1", [term]).isEmpty
  }

  /// Words as one FTS5 string: in quotes nothing in them is an operator.
  static func phrase(_ words: String) -> String {
    "\"" + string(words.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }.filter { $0 != 0 }) + "\""
  }
}

extension Entry {
  /// The body without its code: the words that a search looks into.
  fileprivate var bodyWords: String {
    var words: [UInt8] = []
    var body = body
    body.withUTF8 { bytes in
      words.reserveCapacity(bytes.count)
      var isCode = false
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
        let line = bytes[start..<end]
        if line.starts(with: "```".utf8) {
          isCode.toggle()
        } else if !isCode {
          words.append(contentsOf: line)
          words.append(0x0a)
        }
        start = end + 1
      }
    }
    return string(words)
  }
}

/// A full-text index over the entries, in memory.
struct SearchIndex: ~Copyable {
  private let database: SQLite
  private let entries: [Entry]

  init(_ entries: [Entry]) throws(SQLite.Failure) {
    let database = try SQLite()
    try database.run(
      """
      CREATE VIRTUAL TABLE page USING fts5(
        title, synonyms, symptoms, messages, summary, body, detail = full, tokenize = 'porter unicode61 remove_diacritics 2');
      BEGIN
      """)
    try database.run(
      "INSERT INTO page (rowid, title, synonyms, symptoms, messages, summary, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
      rows: entries.enumerated().map { place, entry in
        let pages = [entry] + entry.additions
        func all(_ texts: (Entry) -> [String]) -> String { pages.flatMap(texts).joined(separator: "\n") }
        return [
          String(place), all { [$0.title, $0.id] }, all(\.synonyms), all(\.symptoms), all { $0.messages.map(\.text) },
          all { [$0.summary] }, all { [$0.body] },
        ]
      })
    try database.run("COMMIT")
    self.database = database
    self.entries = entries
  }

  /// Entries by place, with the weight of the query's words in them.
  func search(_ query: SearchQuery) throws(SQLite.Failure) -> [(Int, Double)] {
    var terms: [String] = []
    var synonyms: [String] = []
    var spelling: Spelling?
    for word in query.words {
      var found = [word]
      if try !matches(Self.phrase(word)) {
        if word.utf8.count >= 4, try matches(Self.phrase(word) + "*") {
          terms.append(Self.phrase(word) + "*")
          continue
        }
        let known = spelling ?? Spelling(entries)
        spelling = known
        found = known.corrections(of: word)
      }
      terms += found.map(Self.phrase)
      for word in found { synonyms += Synonyms.of(word).map(Self.phrase) }
    }
    // two words that are one, and one that stands for two: dead lock, foreign key
    for (first, second) in zip(query.words, query.words.dropFirst()) {
      if try matches(Self.phrase(first + second)) { terms.append(Self.phrase(first + second)) }
      synonyms += Synonyms.of("\(first) \(second)").map(Self.phrase)
    }
    guard !terms.isEmpty else { return [] }
    var scores: [Int: Double] = [:]
    for (place, score) in try weigh(terms) { scores[place, default: 0] += score }
    if !synonyms.isEmpty {
      // a word's synonym counts less than the word
      for (place, score) in try weigh(synonyms) { scores[place, default: 0] += score * 0.4 }
    }
    return scores.map { ($0.key, $0.value) }
  }

  /// Sums the weights of all terms. `bm25` is negative, the best lowest.
  private func weigh(_ terms: [String]) throws(SQLite.Failure) -> [(Int, Double)] {
    try database.pairs(
      "SELECT rowid, -bm25(page, 10, 8, 6, 4, 4, 1) FROM page WHERE page MATCH ? ORDER BY 2 DESC, 1",
      [terms.joined(separator: " OR ")])
  }

  private func matches(_ term: String) throws(SQLite.Failure) -> Bool {
    try !database.pairs("SELECT rowid, 0 FROM page WHERE page MATCH ? LIMIT 1", [term]).isEmpty
  }

  /// Words as one FTS5 string: in quotes nothing in them is an operator.
  static func phrase(_ words: String) -> String {
    "\"" + string(words.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }.filter { $0 != 0 }) + "\""
  }
}

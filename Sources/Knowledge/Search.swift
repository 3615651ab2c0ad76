/// One result of a search.
public struct Hit: Sendable, Equatable {
  public let id: String
  public let kind: Entry.Kind
  public let title: String
  /// Higher is better; the same for the same pages and query. From 1000 an id, from 500 a SQLSTATE, from 200 a server message,
  /// below that the weight of the words.
  public let score: Double
  /// One line that says what the entry is about.
  public let preview: String
}

extension KnowledgeBase {
  /// Searches with words, a question, a SQLSTATE or a whole error message with everything drivers and logs put around it.
  ///
  /// A SQLSTATE comes first, then server messages that the pages name, then the words: stemmed, with synonyms, unknown ones
  /// corrected to the nearest word that titles and symptoms use. The index is made anew for each search (some milliseconds).
  public func search(_ text: String, limit: Int = 10) -> [Hit] {
    let query = SearchQuery(text)
    var scores: [Int: Double] = [:]
    for code in query.sqlstates {
      for (rank, entry) in entries(sqlstate: code, message: query.text).enumerated() {
        guard let place = places[entry.id] else { continue }
        scores[place] = max(scores[place] ?? 0, 600 - Double(min(rank, 20)) * 5)
      }
    }
    let message = MessageText(query.text)
    for (place, entry) in entries.enumerated() {
      if entry.id == query.id { scores[place, default: 0] += 1000 }
      let patterns = entry.messages + entry.additions.flatMap(\.messages)
      if let best = patterns.filter({ $0.match(message) != nil }).map(\.specificity).max() {
        scores[place, default: 0] += 200 + Double(min(best, 200))
      }
      if entry.phrases.contains(query.phrase) { scores[place, default: 0] += 50 }
    }
    // words find nothing without an index; that can't fail but for want of memory
    if let index = try? SearchIndex(entries), let found = try? index.search(query) {
      for (place, score) in found { scores[place, default: 0] += score }
    }
    let ranked = scores.map { (entries[$0.key], ($0.value * 1000).rounded() / 1000) }
      .sorted { $0.1 == $1.1 ? $0.0.id < $1.0.id : $0.1 > $1.1 }
    // what has a tenth of the best words' weight shares but a common word with the question
    let floor = min(ranked.first?.1 ?? 0, 100) / 10
    return ranked.prefix(while: { $0.1 >= floor }).prefix(max(0, limit)).map { entry, score in
      Hit(id: entry.id, kind: entry.kind, title: entry.title, score: score, preview: entry.summary)
    }
  }
}

extension Entry {
  /// Title, id and synonyms in the form of `SearchQuery.phrase`: a query that is one of them means this entry.
  var phrases: Set<String> {
    Set(([title, id] + synonyms).map { SearchQuery.words(of: $0).joined(separator: " ") })
  }
}

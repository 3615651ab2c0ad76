/// One result of a search.
public struct Hit: Sendable, Equatable {
  public let id: String
  public let kind: Entry.Kind
  public let title: String
  /// Higher is better; the same for the same pages and query. From 2000 an id, from 600 a SQLSTATE, from 200 a server
  /// message, below that the weight of the words.
  public let score: Double
  /// One line that says what the entry is about.
  public let preview: String
}

extension KnowledgeBase {
  /// Searches with words, a question, a SQLSTATE or a whole error message with everything drivers and logs put around
  /// it; see `Searcher`. The index is made anew (some milliseconds).
  public func search(_ text: String, limit: Int = 10) -> [Hit] { Searcher(self).search(text, limit: limit) }
}

/// The entries of a knowledge base with their index: for more than one search.
///
/// A SQLSTATE comes first, then server messages that the pages name, then the words: stemmed, with synonyms, unknown
/// ones corrected to the nearest word that titles and symptoms use.
public struct Searcher: ~Copyable {
  private let base: KnowledgeBase
  /// Nil where it could not be made, for want of memory: then words find nothing.
  private let index: SearchIndex?

  public init(_ base: KnowledgeBase) {
    self.base = base
    index = try? SearchIndex(base.entries)
  }

  public func search(_ text: String, limit: Int = 10) -> [Hit] {
    let query = SearchQuery(text)
    var scores: [Int: Double] = [:]
    for code in query.sqlstates {
      for (rank, entry) in base.entries(sqlstate: code, message: query.text).enumerated() {
        guard let place = base.places[entry.id] else { continue }
        scores[place] = max(scores[place] ?? 0, 1000 - Double(min(rank, 10)) * 40)
      }
    }
    let message = MessageText(query.text)
    for (place, entry) in base.entries.enumerated() {
      if entry.id == query.id { scores[place, default: 0] += 2000 }
      let patterns = entry.messages + entry.additions.flatMap(\.messages)
      if let best = patterns.filter({ $0.match(message) != nil }).map(\.specificity).max() {
        scores[place, default: 0] += 200 + 2 * Double(min(best, 100))
      }
    }
    for (place, score) in words(query) { scores[place, default: 0] += score }
    return hits(scores, limit: limit)
  }

  /// Entries by place, with the weight of the query's words and phrases in them.
  private func words(_ query: SearchQuery) -> [(Int, Double)] {
    let found = (try? index?.search(query)) ?? []
    let ordered = found.sorted { a, b in a.1 == b.1 ? a.0 < b.0 : a.1 > b.1 }
    return ordered.enumerated().map { rank, item in
      let phrases = rank < 20 ? base.entries[item.0].weight(ofPhrasesIn: query.words) : 0
      return (item.0, item.1 + phrases)
    }
  }

  private func hits(_ scores: [Int: Double], limit: Int) -> [Hit] {
    var hits: [Hit] = []
    for (place, score) in scores where score > 0 {
      let entry = base.entries[place]
      let rounded = (score * 1000).rounded() / 1000
      hits.append(Hit(id: entry.id, kind: entry.kind, title: entry.title, score: rounded, preview: entry.summary))
    }
    hits.sort { a, b in a.score == b.score ? a.id < b.id : a.score > b.score }
    // what has a tenth of the best words' weight shares but a common word with the question
    let floor = min(hits.first?.score ?? 0, 100) / 10
    return Array(hits.prefix { $0.score >= floor }.prefix(max(0, limit)))
  }
}

extension Entry {
  /// A query that is the title, a synonym or a symptom means this entry; one that has such a phrase in it means it more
  /// likely.
  fileprivate func weight(ofPhrasesIn words: [String]) -> Double {
    guard !words.isEmpty else { return 0 }
    var weight = 0.0
    for page in [self] + additions {
      var texts: [String] = [page.title, page.id]
      texts += page.synonyms
      texts += page.symptoms
      for text in texts {
        let phrase = SearchQuery.tellingWords(of: text)
        if phrase == words { return 50 }
        guard phrase.count > 1, phrase.count < words.count else { continue }
        let last = words.count - phrase.count
        let isInside = words.indices.contains { $0 <= last && words[$0...].starts(with: phrase) }
        if isInside { weight = max(weight, 1.5 * Double(min(phrase.count, 5))) }
      }
    }
    return weight
  }
}

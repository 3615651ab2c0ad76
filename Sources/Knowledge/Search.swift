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
  private let phrases: Phrases

  public init(_ base: KnowledgeBase) {
    self.base = base
    phrases = Phrases(base.entries)
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
      (item.0, item.1 + (rank < 20 ? phrases.weight(of: query.words, at: item.0) : 0))
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

/// The short texts of the entries by which people know them, taken apart when they are first looked at.
private final class Phrases {
  private struct Phrase {
    let words: [String]
    let stems: [String]
  }

  private let entries: [Entry]
  private var known: [Int: [Phrase]] = [:]

  init(_ entries: [Entry]) { self.entries = entries }

  /// A query that is the title, a synonym, a symptom or a question of the entry means it; the nearer it comes to one of
  /// them, the more likely it does.
  func weight(of words: [String], at place: Int) -> Double {
    guard !words.isEmpty else { return 0 }
    let asked = Set(words.map(stem))
    var weight = 0.0
    for phrase in phrases(place) {
      if phrase.words == words { return 50 }
      let shared = phrase.stems.reduce(0) { $0 + (asked.contains($1) ? 1 : 0) }
      guard shared > 1 else { continue }
      let nearness = Double(shared) / Double(max(phrase.stems.count, asked.count))
      weight = max(weight, 15 * nearness * nearness)
    }
    return weight
  }

  private func phrases(_ place: Int) -> [Phrase] {
    if let found = known[place] { return found }
    var made: [Phrase] = []
    for page in [entries[place]] + entries[place].additions {
      for text in [page.title, page.id] + page.synonyms + page.questions + page.symptoms {
        let words = SearchQuery.tellingWords(of: text)
        made.append(Phrase(words: words, stems: words.map(stem)))
      }
    }
    known[place] = made
    return made
  }
}

/// A word without the ending that it shares with its other forms, roughly.
private func stem(_ word: String) -> String {
  for ending in ["ing", "ed", "es", "s", "e"] where word.utf8.count >= ending.utf8.count + 3 && word.hasSuffix(ending) {
    return String(word.dropLast(ending.utf8.count))
  }
  return word
}

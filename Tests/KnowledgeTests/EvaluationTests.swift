import Testing

@testable import Knowledge

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How well the search finds what people ask for, over the queries in `evaluation/queries.txt`.
///
/// For one group of queries after another: the share whose answer comes first (recall@1), within the first three
/// (recall@3), and the mean of one over its place (MRR).
@Suite struct EvaluationTests {
  struct Asked {
    let kind: String
    let answers: [String]
    let query: String
  }

  struct Score: CustomStringConvertible {
    var count = 0
    var first = 0
    var amongThree = 0
    var reciprocals = 0.0

    mutating func add(place: Int?) {
      count += 1
      guard let place else { return }
      if place == 0 { first += 1 }
      if place < 3 { amongThree += 1 }
      reciprocals += 1 / Double(place + 1)
    }

    func share(_ part: Int) -> Double { Double(part) / Double(max(1, count)) }
    var recallAt1: Double { share(first) }
    var recallAt3: Double { share(amongThree) }
    var meanReciprocalRank: Double { reciprocals / Double(max(1, count)) }

    var description: String {
      func digits(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
      return "\(count) queries, recall@1 \(digits(recallAt1)), recall@3 \(digits(recallAt3)), "
        + "MRR \(digits(meanReciprocalRank))"
    }
  }

  static let asked: [Asked] = {
    let place = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    guard let stream = fopen(place + "/evaluation/queries.txt", "r") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "|", maxSplits: 2).map { String(trimmed($0)) }
      guard parts.count == 3, !line.hasPrefix("#") else { return nil }
      return Asked(
        kind: parts[0], answers: parts[1].split(separator: ",").map { String($0) },
        query: parts[2].replacing("\\n", with: "\n"))
    }
  }()

  @Test func everyAnswerIsAnEntry() {
    #expect(Self.asked.count >= 150)
    let unknown = Set(Self.asked.flatMap { $0.answers }.filter { KnowledgeBase.builtIn.entry($0) == nil })
    #expect(unknown.isEmpty)
  }

  @Test func answersComeFirst() {
    let searcher = Searcher(.builtIn)
    var all = Score()
    var byKind: [String: Score] = [:]
    var misses: [String] = []
    for asked in Self.asked {
      let hits = searcher.search(asked.query, limit: 10).map { $0.id }
      let place = hits.firstIndex { asked.answers.contains($0) }
      all.add(place: place)
      byKind[asked.kind, default: Score()].add(place: place)
      if place != 0 {
        let found = place.map { "at \($0 + 1)" } ?? "not found"
        misses.append("\(asked.query) -> \(asked.answers[0]) \(found): \(hits.prefix(3).joined(separator: ", "))")
      }
    }
    print(misses.joined(separator: "\n"))
    for (kind, score) in byKind.sorted(by: { $0.key < $1.key }) { print("\(kind): \(score)") }
    print("all: \(all)")
    #expect(all.recallAt1 >= 0.90 && all.recallAt3 >= 0.975 && all.meanReciprocalRank >= 0.93, "\(all)")
    for kind in ["error", "code"] {
      #expect(byKind[kind].map { $0.recallAt3 >= 0.99 } == true, "\(kind): \(byKind[kind] ?? Score())")
    }
  }
}

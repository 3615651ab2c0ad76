/// What completion asks of the session.
protocol CompletionContext {
  /// Names of a catalog query's single column; none on any error, without a connection, or in a failed transaction.
  func query(_ sql: String, _ parameters: [String]) -> [String]
  /// psql variables with their values.
  var variables: [String] { get }
  /// The values that a special variable may take.
  func values(ofVariable name: String) -> [String]
  var keywordCase: Settings.KeywordCase { get }
  var commands: [Help] { get }
  /// Topics of `\h`, ids of the knowledge base's entries, names of the environment.
  var sqlTopics: [String] { get }
  var entries: [String] { get }
  var environment: [String] { get }
  /// The parameters of `\pset` and what each may be.
  var printSettings: [String] { get }
  func values(ofPrintSetting name: String) -> [String]
}

/// Finds what the word before the cursor may become: a pure function of the text and of what the context answers.
struct Completer {
  let context: any CompletionContext

  /// Candidates for the end of `before`, which is the statement so far. `after` is what stands behind the cursor.
  func complete(_ before: String, after: String = "") -> Completion? {
    let words = StatementWords(before)
    if let command = words.command { return CommandCompleter(completer: self).complete(command) }
    if words.isOpaque { return nil }
    if words.current.hasPrefix(":") { return variable(words.current) }
    if let file = copyFile(before, words) { return file }
    let upper = words.words.map { $0.uppercased() }
    let statement = String(decoding: words.statement, as: UTF8.self) + after
    for rule in CompletionRule.all {
      if let found = rule.match(words.words, upper: upper) {
        return completion(words.current, offers: rule.offers, references: found, statement: statement)
      }
    }
    return nil
  }

  /// Candidates of a rule's offers for `current`.
  func completion(
    _ current: String, offers: [CompletionRule.Offer], references: [String], statement: String
  ) -> Completion? {
    var candidates: [Candidate] = []
    var asides: [Candidate] = []
    for offer in offers {
      switch offer {
      case .keyword(let word):
        guard let candidate = keyword(word, for: current) else { continue }
        if word == "IF EXISTS" || word == "IF NOT EXISTS" {
          asides.append(candidate)
        } else {
          candidates.append(candidate)
        }
      case .names(let kind, let index):
        let reference = index.flatMap { references.indices.contains($0 - 1) ? references[$0 - 1] : nil }
        candidates += names(kind, current, of: reference, statement: statement)
      }
    }
    // A name that is the only one is taken at once, as long as nobody begins to type IF.
    if !current.isEmpty || candidates.isEmpty { candidates += asides }
    return Completer.completion(current, candidates)
  }

  static func completion(_ current: String, _ candidates: [Candidate]) -> Completion? {
    var seen: Set<String> = []
    let distinct = candidates.filter { seen.insert($0.text).inserted }
    if distinct.isEmpty { return nil }
    return Completion(typedCount: current.unicodeScalars.count, candidates: distinct.sorted { $0.display < $1.display })
  }

  // MARK: Keywords

  func keyword(_ word: String, for current: String) -> Candidate? {
    guard word.lowercased().hasPrefix(current.lowercased()) else { return nil }
    return Candidate(cased(word, like: current), suffix: word.hasSuffix("(") ? "" : " ")
  }

  /// The word in the case that COMP_KEYWORD_CASE asks for.
  private func cased(_ word: String, like typed: String) -> String {
    guard let first = typed.unicodeScalars.first else {
      return [.lower, .preserveLower].contains(context.keywordCase) ? word.lowercased() : word.uppercased()
    }
    let isLetter = first.properties.isAlphabetic
    switch context.keywordCase {
    case .lower: return word.lowercased()
    case .upper: return word.uppercased()
    case .preserveLower: return first.properties.isLowercase || !isLetter ? word.lowercased() : word.uppercased()
    case .preserveUpper: return first.properties.isLowercase ? word.lowercased() : word.uppercased()
    }
  }

  // MARK: Variables

  /// `:NAME`, `:'NAME'`, `:"NAME"`.
  func variable(_ current: String) -> Completion? {
    var name = current.dropFirst()
    var quote = ""
    if let first = name.first, first == "'" || first == "\"" {
      quote = String(first)
      name = name.dropFirst()
    }
    let candidates = context.variables.filter { $0.hasPrefix(name) }.map {
      Candidate(":\(quote)\($0)\(quote)", suffix: " ")
    }
    return Completer.completion(current, candidates)
  }

  // MARK: Files

  /// `COPY … FROM|TO file`, whose name stands in quotes whether typed or not.
  private func copyFile(_ before: String, _ words: StatementWords) -> Completion? {
    guard words.words.first?.uppercased() == "COPY" else { return nil }
    let typed = FileNames.lastWord(of: before)
    let earlier = StatementWords(String(before.unicodeScalars.dropLast(typed.unicodeScalars.count)))
    guard let last = earlier.words.last?.uppercased(), last == "FROM" || last == "TO", earlier.current.isEmpty,
      earlier.words.count > 2
    else { return nil }
    var candidates = FileNames.candidates(for: typed, quoting: .always)
    for word in last == "FROM" ? ["STDIN", "PROGRAM"] : ["STDOUT", "PROGRAM"] {
      if let candidate = keyword(word, for: typed) { candidates.append(candidate) }
    }
    return Completer.completion(typed, candidates)
  }
}

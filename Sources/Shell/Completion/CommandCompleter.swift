import Medic

/// Completes backslash commands: their names, and their arguments by what each command's `Help` says of them.
struct CommandCompleter {
  let completer: Completer
  private var context: any CompletionContext { completer.context }

  init(completer: Completer) { self.completer = completer }

  /// `text` runs from the backslash to the cursor.
  func complete(_ text: String) -> Completion? {
    let body = text.dropFirst()
    let name = String(body.prefix { $0 != " " && $0 != "\t" && $0 != "(" })
    let rest = String(body.dropFirst(name.count))
    if rest.isEmpty { return names(name) }
    if rest.hasPrefix("(") || rest.drop(while: { $0 == " " }).hasPrefix("("), let found = optionList(name, rest) {
      return found
    }
    let current = FileNames.lastWord(of: rest)
    if current.hasPrefix(":") { return completer.variable(current) }
    let earlier = CommandCompleter.words(rest.unicodeScalars.dropLast(current.unicodeScalars.count))
    if name.hasPrefix("lo_"), earlier.count == (name == "lo_export" ? 1 : 0) { return complete(.file, current) }
    guard let help = context.commands.first(where: { $0.matches(name) }) else { return nil }
    return arguments(of: help, called: name, earlier, current)
  }

  /// Words between blanks, the option list left out.
  private static func words(_ scalars: some Sequence<Unicode.Scalar>) -> [String] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    var text = Substring(String(view))
    text = text.drop { $0 == " " || $0 == "\t" }
    if text.hasPrefix("("), let close = text.firstIndex(of: ")") { text = text[text.index(after: close)...] }
    return text.split { $0 == " " || $0 == "\t" }.map(String.init)
  }

  // MARK: Names

  private func names(_ typed: String) -> Completion? {
    var known = CommandCompleter.describing
    for help in context.commands where help.group != .conditional || !help.name.isEmpty {
      known.append(help.name)
      known += help.aliases
    }
    var found = known.filter { $0.hasPrefix(typed) }
    if found.isEmpty { found = known.filter { $0.lowercased().hasPrefix(typed.lowercased()) } }
    return Completer.completion("\\" + typed, found.map { Candidate("\\" + $0) })
  }

  /// What `\d` and its kin are called; the letters say what they list.
  private static let describing = """
    d dA dAc dAf dAo dAp da db dC dD dE dF dFd dFp dFt dL dO dP dPi dPt dRp dRs dT dX dc dconfig dd ddp des det deu \
    dew df dg di dl dm dn do dp drds ds dt du dv dx dy
    """.split(separator: " ").map(String.init)

  // MARK: Arguments

  private func arguments(of help: Help, called name: String, _ earlier: [String], _ current: String) -> Completion? {
    switch help.name {
    case "d": return kinds([.names(CommandCompleter.kind(ofDescribing: name), of: nil)], current)
    case "pset": return printSetting(earlier, current)
    case "set": return setVariable(earlier, current)
    case "unset": return plain(context.variables, current)
    case "copy": return copy(earlier, current)
    case "h": return topics(earlier, current)
    case "getenv" where earlier.count == 1, "setenv" where earlier.isEmpty: return plain(context.environment, current)
    case "sf", "ef": return kinds([.names(.function, of: nil)], current)
    case "sv", "ev": return kinds([.names(.view, of: nil)], current)
    case "if", "elif": return plain(["true", "false"], current)
    default: break
    }
    let wanted = help.arguments.filter { if case .options = $0 { false } else { true } }
    guard let argument = earlier.count < wanted.count ? wanted[earlier.count] : wanted.last else { return nil }
    if argument == .text, wanted.contains(.entry) { return earlier.isEmpty ? plain(context.entries, current) : nil }
    return complete(argument, current)
  }

  private func complete(_ argument: Help.Argument, _ current: String) -> Completion? {
    switch argument {
    case .file: Completer.completion(current, FileNames.candidates(for: current, quoting: .whereNeeded))
    case .pipe:
      current.hasPrefix("|")
        ? nil : Completer.completion(current, FileNames.candidates(for: current, quoting: .whereNeeded))
    case .boolean: plain(["on", "off"], current)
    case .choice(let words): plain(words, current)
    case .variable: plain(context.variables, current)
    case .entry: plain(context.entries, current)
    case .sqlCommand: plain(context.sqlTopics, current)
    case .command: plain(context.commands.map(\.name), current)
    case .database: kinds([.names(.database, of: nil)], current)
    case .role: kinds([.names(.role, of: nil)], current)
    case .encoding: kinds([.names(.encoding, of: nil)], current)
    case .relation: kinds([.names(.relation, of: nil)], current)
    case .table: kinds([.names(.table, of: nil)], current)
    case .index: kinds([.names(.index, of: nil)], current)
    case .view: kinds([.names(.view, of: nil)], current)
    case .sequence: kinds([.names(.sequence, of: nil)], current)
    case .function: kinds([.names(.function, of: nil)], current)
    case .schema: kinds([.names(.schema, of: nil)], current)
    case .type: kinds([.names(.type, of: nil)], current)
    case .any, .text, .options: nil
    }
  }

  /// What `\dX` lists, by its letters.
  private static func kind(ofDescribing name: String) -> NameKind {
    let letters = name.dropFirst().filter { $0 != "+" && $0 != "S" && $0 != "x" }
    let table: [(String, NameKind)] = [
      ("Ac", .accessMethod), ("Af", .accessMethod), ("Ao", .accessMethod), ("Ap", .accessMethod), ("A", .accessMethod),
      ("a", .aggregate), ("b", .tablespace), ("conf", .setting), ("c", .conversion), ("C", .type), ("ddp", .schema),
      ("D", .domain), ("dp", .schema), ("es", .server), ("eu", .server), ("et", .foreignTable), ("ew", .wrapper),
      ("E", .foreignTable), ("Fd", .dictionary), ("Fp", .parser), ("Ft", .template), ("F", .configuration),
      ("f", .routine), ("g", .role), ("u", .role), ("i", .index), ("L", .language), ("m", .materializedView),
      ("n", .schema), ("Pi", .index), ("P", .partitionedTable), ("p", .relation), ("rds", .role), ("Rp", .publication),
      ("Rs", .subscription), ("s", .sequence), ("t", .table), ("T", .type), ("v", .view), ("x", .extension),
      ("X", .statistics), ("y", .eventTrigger), ("o", .nothing), ("O", .collation), ("l", .nothing),
    ]
    return table.first { letters.hasPrefix($0.0) }?.1 ?? .relation
  }

  private func printSetting(_ earlier: [String], _ current: String) -> Completion? {
    if earlier.isEmpty { return plain(context.printSettings, current) }
    return earlier.count == 1 ? plain(context.values(ofPrintSetting: earlier[0]), current) : nil
  }

  private func setVariable(_ earlier: [String], _ current: String) -> Completion? {
    if earlier.isEmpty { return plain(context.variables, current) }
    return earlier.count == 1 ? plain(context.values(ofVariable: earlier[0]), current) : nil
  }

  private func topics(_ earlier: [String], _ current: String) -> Completion? {
    if current.hasPrefix("\\") { return names(String(current.dropFirst())) }
    // A topic of several words is completed word by word.
    let before = earlier.map { $0.uppercased() }
    var next: Set<String> = []
    for topic in context.sqlTopics {
      let words = topic.split(separator: " ").map { $0.uppercased() }
      guard words.count > before.count, words.starts(with: before) else { continue }
      next.insert(words[before.count])
    }
    let candidates = next.sorted().compactMap { completer.keyword($0, for: current) }
    return Completer.completion(current, candidates)
  }

  /// `\copy table|(query) from|to file|program|stdin …`.
  private func copy(_ earlier: [String], _ current: String) -> Completion? {
    guard let last = earlier.last?.lowercased() else {
      return kinds([.keyword("("), .names(.selectable, of: nil)], current)
    }
    if last == "from" || last == "to" {
      var candidates = FileNames.candidates(for: current, quoting: .whereNeeded)
      for word in last == "from" ? ["STDIN", "PSTDIN", "PROGRAM"] : ["STDOUT", "PSTDOUT", "PROGRAM"] {
        if let candidate = completer.keyword(word, for: current) { candidates.append(candidate) }
      }
      return Completer.completion(current, candidates)
    }
    if earlier.count == 1 || last.hasSuffix(")") { return kinds([.keyword("FROM"), .keyword("TO")], current) }
    if earlier.count > 2 { return kinds([.keyword("WITH ("), .keyword("WHERE"), .keyword("CSV")], current) }
    return nil
  }

  // MARK: `(name=value …)`

  private func optionList(_ name: String, _ rest: String) -> Completion? {
    let inside = rest.drop { $0 == " " || $0 == "(" }
    guard !inside.contains(")") else { return nil }
    let current = String(
      inside.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "," || $0 == "\t" }.last ?? "")
    if name == "g" || name == "gx" {
      if let equals = current.firstIndex(of: "=") {
        let typed = String(current[current.index(after: equals)...])
        return plain(context.values(ofPrintSetting: String(current[..<equals])), typed)
      }
      return plain(context.printSettings, current, suffix: "=")
    }
    guard let help = context.commands.first(where: { $0.matches(name) }) else { return nil }
    for case .options(let names) in help.arguments { return plain(names, current, suffix: "=") }
    return nil
  }

  // MARK: Parts

  private func plain(_ words: [String], _ current: String, suffix: String = " ") -> Completion? {
    var found = words.filter { $0.hasPrefix(current) }
    if found.isEmpty { found = words.filter { $0.lowercased().hasPrefix(current.lowercased()) } }
    return Completer.completion(
      current, found.map { Candidate(suffix == "=" ? $0 + "=" : $0, suffix: suffix == "=" ? "" : suffix, display: $0) })
  }

  private func kinds(_ offers: [CompletionRule.Offer], _ current: String) -> Completion? {
    completer.completion(current, offers: offers, references: [], statement: "")
  }
}

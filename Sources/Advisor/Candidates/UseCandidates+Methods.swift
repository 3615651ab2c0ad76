import Medic

extension UseCandidates {
  /// GIN, GiST, BRIN and hash, where the type and the condition ask for them.
  func others() -> [Candidate] {
    var made: [Candidate] = []
    for condition in conditions where condition.isLocal {
      switch condition.test {
      case .contains(let name): made += containment(condition, name)
      case .matches(let isKnown): made += trigrams(condition, isKnown: isKnown)
      case .range: made += blockRanges(condition)
      case .equal: made += hash(condition)
      default: break
      }
    }
    return made
  }

  private func other(_ method: String, _ condition: Condition, opclass: String? = nil) -> Candidate {
    var key = key(condition)
    key.opclass = opclass
    return Candidate(
      table: table.id, schema: table.schema, tableName: table.name, method: method, keys: [key], equalities: 0)
  }

  private func facts(_ condition: Condition) -> Column? {
    if case .column(let column) = condition.key { table.column(column.name) } else { nil }
  }

  private func containment(_ condition: Condition, _ name: String) -> [Candidate] {
    guard let column = facts(condition) else {
      // An expression: only what makes a tsvector is common enough to be sure of.
      if case .call(_, "to_tsvector", _) = condition.key, name == "@@" { return [other("gin", condition)] }
      return []
    }
    switch column.type {
    case "jsonb":
      if ["@>", "@?", "@@"].contains(name) { return [other("gin", condition, opclass: "jsonb_path_ops")] }
      return ["?", "?|", "?&"].contains(name) ? [other("gin", condition)] : []
    case "tsvector": return name == "@@" ? [other("gin", condition)] : []
    default:
      if column.category == "A" { return ["@>", "<@", "&&"].contains(name) ? [other("gin", condition)] : [] }
      if column.category == "R" { return ["@>", "<@", "&&"].contains(name) ? [other("gist", condition)] : [] }
      return []
    }
  }

  private func trigrams(_ condition: Condition, isKnown: Bool) -> [Candidate] {
    guard let schema = maker.catalog.settings.trigramSchema, let column = facts(condition),
      ["text", "varchar", "bpchar"].contains(column.type)
    else { return [] }
    if isKnown, case .text(let pattern)? = condition.operand?.constant, longestPiece(pattern) < 3 { return [] }
    return [other("gin", condition, opclass: SQLName.qualified(schema, "gin_trgm_ops"))]
  }

  /// The longest run of letters and digits: shorter than three there is no trigram to look up.
  private func longestPiece(_ pattern: String) -> Int {
    var longest = 0
    var run = 0
    for character in pattern {
      run = character.isLetter || character.isNumber || character == " " ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  /// A big table whose rows lie in the order of the column.
  private func blockRanges(_ condition: Condition) -> [Candidate] {
    guard let column = facts(condition), table.pages >= 12_800, abs(column.statistics?.correlation ?? 0) > 0.95,
      column.isOrdered
    else { return [] }
    return [other("brin", condition)]
  }

  /// Long values compared as a whole: a hash index holds four bytes of each.
  private func hash(_ condition: Condition) -> [Candidate] {
    guard let column = facts(condition), ["text", "varchar", "bytea"].contains(column.type),
      (column.statistics?.width ?? 0) >= 64
    else { return [] }
    return [other("hash", condition)]
  }
}

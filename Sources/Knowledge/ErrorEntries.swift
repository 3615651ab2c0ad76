/// A server's error, as far as it says where to look. All but the message may be missing, as in a pasted text.
public struct ErrorReport: Sendable, Equatable {
  public var sqlstate: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  public var dataType: String?
  public var constraint: String?

  public init(
    sqlstate: String? = nil, message: String, detail: String? = nil, hint: String? = nil, schema: String? = nil,
    table: String? = nil, column: String? = nil, dataType: String? = nil, constraint: String? = nil
  ) {
    self.sqlstate = sqlstate
    self.message = message
    self.detail = detail
    self.hint = hint
    self.schema = schema
    self.table = table
    self.column = column
    self.dataType = dataType
    self.constraint = constraint
  }
}

extension KnowledgeBase {
  /// The entries for an error, the best first: the SQLSTATE decides which come into question, the message which of them
  /// fits best.
  ///
  /// Without a SQLSTATE the message alone decides. Playbooks come before other kinds; among equals the one in whose
  /// list the code stands further up.
  public func entries(sqlstate: String?, message: String = "") -> [Entry] {
    let text = MessageText(message)
    var ranked: [(entry: Entry, rank: [Int])] = []
    for entry in entries {
      let pages = [entry] + entry.additions
      let fit = pages.flatMap(\.messages).filter { $0.match(text) != nil }.map(\.specificity).max() ?? 0
      var place = 0
      if let sqlstate, !sqlstate.isEmpty {
        guard let found = pages.compactMap({ $0.sqlstates.firstIndex(of: sqlstate) }).min() else { continue }
        place = found
      } else if fit == 0 {
        continue
      }
      ranked.append(
        (entry, [-fit, entry.kind == .playbook ? 0 : 1, place, pages.reduce(0) { $0 + $1.sqlstates.count }]))
    }
    return ranked.sorted { a, b in
      a.rank == b.rank ? a.entry.id < b.entry.id : a.rank.lexicographicallyPrecedes(b.rank)
    }.map(\.entry)
  }

  /// The entries for an error; see `entries(sqlstate:message:)`.
  public func entries(for error: ErrorReport) -> [Entry] {
    entries(
      sqlstate: error.sqlstate,
      message: [error.message, error.detail, error.hint].compactMap { $0 }.joined(separator: "\n"))
  }
}

extension Entry {
  /// The slots whose values an error tells: from its fields, then from the parts of its message.
  ///
  /// Names in fields are exact (`.name`); those in a message are what the server printed, which is exact too.
  public func slots(from error: ErrorReport) -> [String: SlotValue] {
    var values: [String: SlotValue] = [:]
    func set(_ name: String, _ value: SlotValue?) {
      if let value, values[name] == nil, slot(named: name) != nil { values[name] = value }
    }
    set("table", error.table.map { .relation(error.schema, $0) })
    set("schema", error.table == nil ? error.schema.map { .name(QualifiedName($0)) } : nil)
    set("column", error.column.map { .name(QualifiedName($0)) })
    set("columns", error.column.map { .names([$0]) })
    set("constraint", error.constraint.map { .name(QualifiedName($0)) })
    if error.sqlstate == "23505" { set("index", error.constraint.map { .relation(error.schema, $0) }) }
    set("type", error.dataType.map { .relation(error.schema, $0) })

    let text = MessageText([error.message, error.detail].compactMap { $0 }.joined(separator: "\n"))
    for pattern in messages + Self.commonDetails {
      for (name, value) in pattern.match(text) ?? [:] {
        guard let slot = slot(named: name), !value.isEmpty else { continue }
        switch slot.type.shape {
        case .keys: set(name, .text(value))
        // the server prints a relation's bare name, in a few messages with its schema and quotes
        case .relation, .name: set(name, .name(QualifiedName(value)))
        case .number, .literal, .sql: set(name, .text(value))
        }
      }
    }
    return values
  }

  /// DETAIL texts that many errors share.
  private static let commonDetails = [
    MessagePattern("Key ({columns})=(*) is not present in table \"{parent}\"."),
    MessagePattern("Key ({columns})=(*) is still referenced from table \"{table}\"."),
    MessagePattern("Key ({columns})=(*) already exists."),
    MessagePattern("Key ({columns})=(*) is duplicated."),
    MessagePattern("Process * waits for * blocked by process {pid}."),
  ]
}

/// The names that a query block sees: what its FROM list offers, and the blocks around it.
struct Scope: Sendable {
  /// Where columns come from.
  indirect enum Source: Sendable {
    /// An occurrence of a table, with its columns.
    case table(use: Int, columns: [String])
    /// A subquery: its output columns, with what they are made of.
    case derived([(name: String, expression: Expression)])
    /// A function, or anything else whose columns aren't followed.
    case opaque

    func column(_ name: String) -> Expression? {
      switch self {
      case .table(let use, let columns): columns.contains(name) ? .column(ColumnUse(use: use, name: name)) : nil
      case .derived(let outputs): outputs.first { $0.name == name }?.expression
      case .opaque: nil
      }
    }

    var allColumns: [(name: String, expression: Expression)] {
      switch self {
      case .table(let use, let columns): columns.map { ($0, .column(ColumnUse(use: use, name: $0))) }
      case .derived(let outputs): outputs
      case .opaque: []
      }
    }
  }

  var entries: [(alias: String, source: Source)] = []
  /// Queries of WITH, by name.
  var commonTables: [String: Source] = [:]
  /// The scopes around this one, nearest first.
  var outer: [Scope] = []

  /// The scope of a block inside this one.
  var inner: Scope { Scope(commonTables: commonTables, outer: [self] + outer) }

  init(commonTables: [String: Source] = [:], outer: [Scope] = []) {
    self.commonTables = commonTables
    self.outer = outer
  }

  /// A column by its name, with or without the table's.
  func column(_ name: String, of alias: String?) -> Expression? {
    for scope in [self] + outer {
      for entry in scope.entries where alias == nil || entry.alias == alias {
        if let found = entry.source.column(name) { return found }
      }
      // An entry of that name hides those further out.
      if let alias, scope.entries.contains(where: { $0.alias == alias }) { return nil }
    }
    return nil
  }
}

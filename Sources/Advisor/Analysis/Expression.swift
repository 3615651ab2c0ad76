import Medic

/// A column of one occurrence of a table in a statement.
struct ColumnUse: Hashable, Sendable {
  /// Index into `StatementAnalysis.uses`.
  let use: Int
  let name: String
}

/// The part of SQL's expressions that indexes know, with names resolved.
indirect enum Expression: Hashable, Sendable {
  case column(ColumnUse)
  case constant(Constant)
  case parameter(Int)
  /// A function called with plain arguments.
  case call(schema: String?, name: String, arguments: [Expression])
  case operation(schema: String?, name: String, left: Expression?, right: Expression)
  case cast(Expression, type: String)
  case coalesce([Expression])
  case list([Expression])
  /// CURRENT_DATE and its kin: constant during a statement, not immutable.
  case moment(String)
  /// A column of a UNION: one of its arms.
  case either([Expression])
  /// What isn't followed further; the columns inside are known.
  case other([ColumnUse])

  enum Constant: Hashable, Sendable {
    case text(String), integer(String), decimal(String), boolean(Bool), null

    var sql: String {
      switch self {
      case .text(let text): SQLName.literal(text)
      case .integer(let digits), .decimal(let digits): digits
      case .boolean(let value): value ? "true" : "false"
      case .null: "NULL"
      }
    }
  }

  /// All columns inside.
  var columns: [ColumnUse] {
    switch self {
    case .column(let column): [column]
    case .constant, .parameter, .moment: []
    case .call(_, _, let arguments): arguments.flatMap { $0.columns }
    case .operation(_, _, let left, let right): (left?.columns ?? []) + right.columns
    case .cast(let inner, _): inner.columns
    case .coalesce(let parts), .list(let parts), .either(let parts): parts.flatMap { $0.columns }
    case .other(let columns): columns
    }
  }

  var hasParameters: Bool {
    switch self {
    case .parameter: true
    case .call(_, _, let arguments): arguments.contains { $0.hasParameters }
    case .operation(_, _, let left, let right): left?.hasParameters == true || right.hasParameters
    case .cast(let inner, _): inner.hasParameters
    case .coalesce(let parts), .list(let parts): parts.contains { $0.hasParameters }
    default: false
    }
  }

  /// The one use that all columns belong to; nil when there are none or several.
  var onlyUse: Int? {
    let uses = Set(columns.map { $0.use })
    return uses.count == 1 ? uses.first : nil
  }

  /// The constant, also behind a cast.
  var constant: Constant? {
    switch self {
    case .constant(let constant): constant
    case .cast(let inner, _): inner.constant
    default: nil
    }
  }

  /// The expression in SQL with bare column names, as an index definition has it; nil where a part isn't known.
  var sql: String? {
    switch self {
    case .column(let column): return SQLName.quoted(column.name)
    case .constant(let constant): return constant.sql
    case .parameter(let number): return "$\(number)"
    case .moment(let word): return word
    case .call(let schema, let name, let arguments):
      guard let list = Expression.sql(arguments) else { return nil }
      return "\(SQLName.qualified([schema, name]))(\(list))"
    case .operation(let schema, let name, let left, let right):
      guard let right = right.sql else { return nil }
      let symbol = schema.map { "OPERATOR(\(SQLName.quoted($0)).\(name))" } ?? name
      guard let left else { return "(\(symbol) \(right))" }
      return left.sql.map { "(\($0) \(symbol) \(right))" }
    case .cast(let inner, let type): return inner.sql.map { "(\($0)::\(type))" }
    case .coalesce(let parts): return Expression.sql(parts).map { "COALESCE(\($0))" }
    case .list(let parts): return Expression.sql(parts).map { "(\($0))" }
    case .other, .either: return nil
    }
  }

  private static func sql(_ parts: [Expression]) -> String? {
    let texts = parts.compactMap { $0.sql }
    return texts.count == parts.count ? texts.joined(separator: ", ") : nil
  }
}

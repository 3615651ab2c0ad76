/// One condition on one occurrence of a table, of a shape that an index might serve.
struct Condition: Hashable, Sendable {
  enum Test: Hashable, Sendable {
    case equal
    /// How many values; nil for an array parameter.
    case anyOf(Int?)
    case isNull, isNotNull
    case isTrue, isFalse
    case range
    /// `LIKE 'abc%'`; the prefix.
    case startsWith
    /// LIKE, ILIKE or a regular expression that isn't anchored; nil: the pattern is a parameter.
    case matches(isKnown: Bool)
    /// `@>`, `?`, `&&`, `@@`, …
    case contains(String)
  }

  /// What is compared: a column, or an expression over the columns of the one use.
  let key: Expression
  let use: Int
  let test: Test
  /// Columns of other tables that the other side needs; empty for a constant or a parameter.
  let partners: [ColumnUse]
  /// The other side.
  let operand: Expression?
  /// The condition in SQL with bare column names, nil where it isn't made of constants.
  let sql: String?

  var isLocal: Bool { partners.isEmpty }

  var isEquality: Bool {
    switch test {
    case .equal, .anyOf, .isNull, .isTrue, .isFalse: true
    default: false
    }
  }

  /// Rows with equal keys come together, so that what follows in the index is in order.
  var pinsOneValue: Bool {
    switch test {
    case .equal, .isNull, .isTrue, .isFalse: true
    default: false
    }
  }
}

/// An order in which rows of one use are wanted.
struct Ordering: Hashable, Sendable {
  enum Purpose: Hashable, Sendable { case sort, group, extreme }

  struct Key: Hashable, Sendable {
    let expression: Expression
    let isDescending: Bool
    let nullsFirst: Bool
  }

  let use: Int
  let keys: [Key]
  let purpose: Purpose
  /// Only the first rows are wanted.
  let isLimited: Bool
}

/// One occurrence of a table in a statement.
struct TableUse: Hashable, Sendable {
  let table: Int
  let alias: String
}

/// What a statement asks of its tables.
struct StatementAnalysis: Sendable {
  var uses: [TableUse] = []
  /// Conditions that all must hold, of every query block.
  var conditions: [Condition] = []
  /// Alternatives: each arm is a list of conditions that all must hold.
  var disjunctions: [[[Condition]]] = []
  var orderings: [Ordering] = []
  /// All columns that are used of each use; nil in `wholeRows` means only these.
  var columns: [Int: Set<String>] = [:]
  /// Uses of which every column is wanted.
  var wholeRows: Set<Int> = []
  /// What INSERT, UPDATE or DELETE writes: table and, for UPDATE, the columns.
  var target: (table: Int, columns: Set<String>)?
  /// Names that could not be resolved.
  var unknown: [String] = []
}

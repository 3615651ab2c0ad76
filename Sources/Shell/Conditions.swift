import SQLText

/// The nesting of `\if` … `\endif`.
struct Conditions {
  enum Branch: Sendable {
    /// This branch runs.
    case active
    /// A later `\elif` or `\else` may still run.
    case waiting
    /// An earlier branch ran, or an outer one does not.
    case skipped
    case elseActive
    case elseSkipped
  }

  /// A level remembers the query buffer and what the lexer knew of the statement at its start: text of a branch that doesn't run is taken back.
  struct Level {
    var branch: Branch
    var queryLength: Int
    var statement: StatementState
  }

  private(set) var levels: [Level] = []

  var isActive: Bool {
    switch levels.last?.branch {
    case nil, .active, .elseActive: true
    case .waiting, .skipped, .elseSkipped: false
    }
  }

  var isEmpty: Bool { levels.isEmpty }
  var depth: Int { levels.count }

  mutating func push(_ branch: Branch, queryLength: Int, statement: StatementState) {
    levels.append(Level(branch: branch, queryLength: queryLength, statement: statement))
  }

  mutating func pop() -> Level? { levels.popLast() }

  /// Changes the innermost branch.
  mutating func turn(_ branch: Branch) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].branch = branch
  }

  mutating func remember(queryLength: Int, statement: StatementState) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].queryLength = queryLength
    levels[levels.count - 1].statement = statement
  }

  /// Drops the levels above `depth`, as after Ctrl-C.
  mutating func unwind(to depth: Int) {
    while levels.count > depth { levels.removeLast() }
  }
}

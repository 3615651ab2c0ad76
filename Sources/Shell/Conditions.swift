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

  /// A level remembers the query buffer and parentheses at its start: text of a branch that doesn't run is taken back.
  struct Level {
    var branch: Branch
    var queryLength: Int
    var parenDepth: Int
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

  mutating func push(_ branch: Branch, queryLength: Int, parenDepth: Int) {
    levels.append(Level(branch: branch, queryLength: queryLength, parenDepth: parenDepth))
  }

  mutating func pop() -> Level? { levels.popLast() }

  /// Changes the innermost branch.
  mutating func turn(_ branch: Branch) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].branch = branch
  }

  mutating func remember(queryLength: Int, parenDepth: Int) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].queryLength = queryLength
    levels[levels.count - 1].parenDepth = parenDepth
  }

  /// Drops the levels above `depth`, as after Ctrl-C.
  mutating func unwind(to depth: Int) {
    while levels.count > depth { levels.removeLast() }
  }
}

import Medic
import Postgres

/// Chooses indexes greedily: each time the one that saves the workload most, less what it costs the writers.
struct Selection: Sendable {
  /// An index that was chosen, and what it does.
  struct Chosen: Sendable {
    let candidate: Candidate
    let size: IndexSize
    /// In planner units over the whole workload.
    var gain = 0.0
    let writeCost: Double
    let entriesWritten: Double
    /// Statements that it helps, with their cost without and with it.
    var helped: [(statement: JudgedStatement, before: Double, after: Double)] = []
    var method = Judge.Method.model
  }

  struct Limits: Sendable {
    var budget: Double?
    var count: Int
  }

  /// A statement counts as helped when it costs at most this share of what it did.
  static let helpedAt = 0.8
  /// The least share of a statement's cost that makes an index worth having.
  static let leastSaving = 0.3
  /// And the least in pages read at random: below, a statement is fast already.
  static let leastPages = 5.0
  /// What an index adds to those chosen must be this share of what the statement cost at first.
  static let leastOfFirst = 0.05
  /// The same for columns in INCLUDE.
  static let leastByInclude = 0.1

  let statements: [JudgedStatement]
  let catalog: Catalog
  let writes: WriteLoad
  let limits: Limits
  /// Whether counters of the tables stand for the writers, since the workload shows none.
  let usesChurn: Bool
  private(set) var chosen: [Chosen] = []
  private(set) var costs: [Double]
  /// Candidates that would have helped, with why they weren't taken.
  private(set) var rejected: [(candidate: Candidate, reason: String)] = []
  private(set) var isCutShort = false
  /// What each statement would cost with all its candidates, and which of them its plan then uses.
  private var bounds: [Int: Judge.Verdict] = [:]

  init(_ statements: [JudgedStatement], _ catalog: Catalog, _ writes: WriteLoad, _ limits: Limits, usesChurn: Bool) {
    self.statements = statements
    self.catalog = catalog
    self.writes = writes
    self.limits = limits
    self.usesChurn = usesChurn
    costs = statements.map { $0.plan.cost }
  }

  /// One or, for the arms of an OR, several candidates that are taken or left together.
  private struct Move: Sendable {
    let candidates: [Candidate]
    var net: Double
    /// What the statements that it helps still cost, and how often they are called.
    var residue = 0.0
    var calls = 0.0
    /// It would be worth having if nobody wrote.
    var isWanted = false
    let bytes: Double
    let writeCost: Double
  }

  mutating func run(
    _ judge: inout Judge, until isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) {
    let moves = try moves(&judge, isOver, connection)
    try choose(from: moves, &judge, isOver, connection)
    let joint = try jointMoves(&judge, isOver, connection)
    if !joint.isEmpty { try choose(from: joint, &judge, isOver, connection) }
    try prune(&judge, connection)
    try describe(&judge, connection)
  }

  private mutating func choose(
    from moves: [Move], _ judge: inout Judge, _ isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) {
    var moves = moves
    var spent = chosen.reduce(0.0) { $0 + $1.size.bytes }
    while !moves.isEmpty, chosen.count < limits.count {
      if isOver() {
        isCutShort = true
        break
      }
      let affordable = moves.filter { move in limits.budget.map { spent + move.bytes <= $0 } ?? true }
      guard let best = try best(of: affordable, &judge, isOver, connection), worth(best) else {
        let gained = moves.filter { move in !affordable.contains { $0.candidates == move.candidates } && move.net > 0 }
        for move in gained {
          for candidate in move.candidates { rejected.append((candidate, "doesn't fit the budget")) }
        }
        break
      }
      try take(best, &judge, connection)
      spent += best.bytes
      let taken = Set(chosen.map { $0.candidate })
      moves = moves.filter { !$0.candidates.allSatisfy { taken.contains($0) } }
    }
  }

  // MARK: Gains

  /// All moves with what each would save alone.
  private mutating func moves(
    _ judge: inout Judge, _ isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) -> [Move] {
    var pool: [[Candidate]] = []
    var seen: Set<[Candidate]> = []
    for statement in statements {
      if isOver() {
        isCutShort = true
        break
      }
      let all = statement.candidates + statement.bundles.flatMap { $0 }
      guard !all.isEmpty else { continue }
      // All at once is a bound: what doesn't help then doesn't help alone.
      let bound = try judge.verdict(statement, with: all, connection)
      if bound.cost > statement.plan.cost * (1 - Self.leastSaving), bound.method == .hypopg { continue }
      bounds[statement.statement.number] = bound
      for move in statement.candidates.map({ [$0] }) + statement.bundles {
        let ordered = move.sorted { $0.tail < $1.tail }
        if !ordered.isEmpty, ordered.count <= 4, seen.insert(ordered).inserted { pool.append(ordered) }
      }
    }
    return try weighed(pool, &judge, isOver, connection)
  }

  private mutating func weighed(
    _ pool: [[Candidate]], _ judge: inout Judge, _ isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) -> [Move] {
    var moves: [Move] = []
    for candidates in pool {
      if isOver() {
        isCutShort = true
        break
      }
      let sizes = candidates.map { size($0) }
      let writeCost = zip(candidates, sizes).reduce(0.0) { $0 + writes.cost($1.0, $1.1) }
      var move = Move(
        candidates: candidates, net: 0, bytes: sizes.reduce(0.0) { $0 + $1.bytes }, writeCost: writeCost)
      try weigh(&move, &judge, connection)
      if move.net > 0 {
        moves.append(move)
      } else if move.isWanted {
        for candidate in candidates { rejected.append((candidate, "writes would cost more than reads gain")) }
      }
    }
    return moves
  }

  /// Indexes that help a statement only together, as both sides of a join do: where all candidates at once are far
  /// better than what was chosen singly, those that the plan then uses, each replaced by the smallest that does as well.
  private mutating func jointMoves(
    _ judge: inout Judge, _ isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) -> [Move] {
    var pool: [[Candidate]] = []
    for (place, statement) in statements.enumerated() {
      guard let bound = bounds[statement.statement.number], bound.cost < costs[place] * (1 - Self.leastSaving),
        (2...4).contains(bound.used.count), !isOver()
      else { continue }
      let present = chosen.map { $0.candidate }
      var set = bound.used.subtracting(present).sorted { $0.tail < $1.tail }
      for candidate in set {
        let others = set.filter { $0 != candidate }
        let smaller = statement.candidates.filter {
          $0.table == candidate.table && size($0).bytes < size(candidate).bytes
        }
        let ordered = smaller.sorted { (size($0).bytes, $0.tail) < (size($1).bytes, $1.tail) }
        for replacement in [nil] + ordered.map({ Optional($0) }) {
          let attempt = others + [replacement].compactMap { $0 }
          if isOver() { break }
          let verdict = try judge.verdict(statement, with: present + attempt, connection)
          if verdict.cost <= bound.cost * 1.1 + 0.02 * statement.plan.cost {
            set = attempt
            break
          }
        }
      }
      if !set.isEmpty { pool.append(set) }
    }
    return try weighed(pool, &judge, isOver, connection)
  }

  private func size(_ candidate: Candidate) -> IndexSize {
    IndexSize(candidate, of: catalog[candidate.table], pageSize: catalog.settings.pageSize)
  }

  /// What a move saves on top of what is chosen, less what it costs writers.
  private func weigh(
    _ move: inout Move, _ judge: inout Judge, _ connection: borrowing Connection
  ) throws(PostgresError) {
    let present = chosen.map { $0.candidate }
    var saved = 0.0
    var helps = false
    (move.residue, move.calls) = (0, 0)
    let tables = Set(move.candidates.map { $0.table })
    for (place, statement) in statements.enumerated() where !statement.tables.isDisjoint(with: tables) {
      let cost = try judge.verdict(statement, with: present + move.candidates, connection).cost
      // What an index saves of a statement by a hair isn't worth an index.
      guard cost < costs[place] * Self.helpedAt else { continue }
      if isWorthwhile(costs[place], cost, of: statement) { helps = true }
      saved += (costs[place] - cost) * statement.statement.calls
      move.residue += cost * statement.statement.calls
      move.calls += statement.statement.calls
    }
    if helps, try includesInVain(move, &judge, connection) { helps = false }
    move.isWanted = helps
    move.net = helps ? saved - move.writeCost : min(0, saved - move.writeCost)
  }

  private func isWorthwhile(_ before: Double, _ after: Double, of statement: JudgedStatement) -> Bool {
    let least = max(Self.leastPages * catalog.settings.randomPage, Self.leastOfFirst * statement.plan.cost)
    return after <= before * (1 - Self.leastSaving) && before - after >= least
  }

  /// INCLUDE makes an index much larger; it must save much over the same index without.
  private func includesInVain(
    _ move: Move, _ judge: inout Judge, _ connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    guard move.candidates.contains(where: { !$0.included.isEmpty }) else { return false }
    let present = chosen.map { $0.candidate }
    let plain = move.candidates.map { candidate in
      var candidate = candidate
      candidate.included = []
      return candidate
    }
    let tables = Set(move.candidates.map { $0.table })
    for statement in statements where !statement.tables.isDisjoint(with: tables) {
      let without = try judge.verdict(statement, with: present + plain, connection).cost
      let with = try judge.verdict(statement, with: present + move.candidates, connection).cost
      if isWorthwhile(without, with, of: statement), without - with >= Self.leastByInclude * statement.plan.cost {
        return false
      }
    }
    return true
  }

  /// The move that saves most, or most a byte under a budget; among nearly equal ones the smallest. Gains only shrink
  /// as indexes are chosen, so only those that still look best are worked out anew.
  private func best(
    of moves: [Move], _ judge: inout Judge, _ isOver: () -> Bool, _ connection: borrowing Connection
  ) throws(PostgresError) -> Move? {
    var current: [Move] = []
    for var move in moves.sorted(by: { score($0) > score($1) }) {
      if let top = current.map({ score($0) }).max(), score(move) < top * 0.7 { break }
      if isOver() { break }
      try weigh(&move, &judge, connection)
      if move.net > 0 { current.append(move) }
    }
    guard let top = current.max(by: { score($0) < score($1) }) else { return nil }
    // A quarter more of what is left, or half a page a call, isn't a difference that an estimate can tell.
    let slack = 0.25 * top.residue + 0.5 * catalog.settings.randomPage * top.calls
    return current.filter { limits.budget == nil ? $0.net >= top.net - slack : score($0) >= score(top) * 0.95 }
      .min { rank($0) < rank($1) }
  }

  /// Among equals: first those that keep a limited order, which holds for keys with many rows, too; then the smallest.
  private func rank(_ move: Move) -> (Int, Double, String) {
    let keepsOrder = move.candidates.allSatisfy { candidate in
      candidate.keys.count > candidate.equalities
        && statements.contains { statement in
          statement.analysis.orderings.contains { ordering in
            ordering.isLimited
              && ordering.keys.last.map { Candidate.Key.sql(of: $0.expression) } == candidate.keys.last?.sql
              && statement.candidates.contains(candidate)
          }
        }
    }
    return (keepsOrder ? 0 : 1, move.bytes, name(move))
  }

  private func name(_ move: Move) -> String { move.candidates.map { $0.tail }.joined(separator: "|") }

  private func score(_ move: Move) -> Double { limits.budget == nil ? move.net : move.net / max(move.bytes, 8192) }

  /// Worth having at all: not a drop in the ocean, and not on a table that is mostly written.
  private func worth(_ move: Move) -> Bool {
    let total = zip(statements, costs).reduce(0.0) { $0 + $1.0.statement.calls * $1.1 }
    return move.net > total * 0.001
  }

  private mutating func take(
    _ move: Move, _ judge: inout Judge, _ connection: borrowing Connection
  ) throws(PostgresError) {
    for candidate in move.candidates where !chosen.contains(where: { $0.candidate == candidate }) {
      let size = size(candidate)
      chosen.append(
        Chosen(
          candidate: candidate, size: size, writeCost: writes.cost(candidate, size),
          entriesWritten: writes.entries(candidate)))
    }
    try refresh(&judge, connection)
  }

  private mutating func refresh(_ judge: inout Judge, _ connection: borrowing Connection) throws(PostgresError) {
    let present = chosen.map { $0.candidate }
    for (place, statement) in statements.enumerated() {
      costs[place] = try judge.verdict(statement, with: present, connection).cost
    }
  }

  // MARK: Afterwards

  /// Takes out what later choices have made superfluous, and what a table that is mostly written can't bear.
  private mutating func prune(_ judge: inout Judge, _ connection: borrowing Connection) throws(PostgresError) {
    var place = 0
    while place < chosen.count {
      let one = chosen[place]
      var rest = chosen
      rest.remove(at: place)
      let others = rest.map { $0.candidate }
      var lost = 0.0
      for (index, statement) in statements.enumerated() where statement.tables.contains(one.candidate.table) {
        let without = try judge.verdict(statement, with: others, connection).cost
        if without * Self.helpedAt > costs[index] { lost += (without - costs[index]) * statement.statement.calls }
      }
      let churns =
        usesChurn
        ? catalog[one.candidate.table].flatMap { table in
          WriteLoad.churn(table).map { ($0, table) }
        } : nil
      if lost <= one.writeCost {
        chosen = rest
      } else if let (written, table) = churns,
        lost * (table.sequentialScans + table.indexScans + 1)
          < written * writes.costs.writeCost(one.size, method: one.candidate.method)
      {
        rejected.append(
          (
            one.candidate,
            "\(table.displayName) is mostly written: \(Int(written)) rows, read "
              + "\(Quantity.count(Int(table.sequentialScans + table.indexScans), "time"))"
          ))
        chosen = rest
      } else {
        place += 1
      }
      if chosen.count == rest.count { try refresh(&judge, connection) }
    }
  }

  /// What each of the chosen does: the statements that cost more without it.
  private mutating func describe(_ judge: inout Judge, _ connection: borrowing Connection) throws(PostgresError) {
    for place in chosen.indices {
      let candidate = chosen[place].candidate
      let others = chosen.map { $0.candidate }.filter { $0 != candidate }
      for statement in statements where statement.tables.contains(candidate.table) {
        let with = try judge.verdict(statement, with: others + [candidate], connection)
        let without = try judge.verdict(statement, with: others, connection)
        guard with.cost < without.cost * Self.helpedAt else { continue }
        chosen[place].helped.append((statement, without.cost, with.cost))
        chosen[place].gain += (without.cost - with.cost) * statement.statement.calls
        if with.method == .hypopg { chosen[place].method = .hypopg }
      }
    }
    chosen.sort { $0.gain > $1.gain }
  }
}

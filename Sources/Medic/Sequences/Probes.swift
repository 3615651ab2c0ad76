import Postgres

/// One small read of one object, a branch of a UNION ALL with others of its kind.
struct Probe: Sendable {
  let object: DatabaseObject
  /// `SELECT …` without a number; all of one batch give the same columns.
  let sql: String

  init(_ object: DatabaseObject, _ sql: String) {
    self.object = object
    self.sql = sql
  }
}

extension Inquiry {
  /// Runs probes, a few in a statement, each statement in a short transaction of its own, and gives their rows by the
  /// probe's place in the list.
  ///
  /// What fails (a lock, a table dropped meanwhile, hidden rows) is halved until the object that can't be read is alone
  /// and becomes "not assessed"; the others are read all the same. After ten waits for locks, or when `deadline` has
  /// passed, no more is touched, and how many are left out is said.
  mutating func probe(
    _ connection: borrowing Connection, _ probes: [Probe], perStatement: Int, deadline: ContinuousClock.Instant,
    for rule: String
  ) throws(PostgresError) -> [Int: Row] {
    var rows: [Int: Row] = [:]
    var open = stride(from: 0, to: probes.count, by: perStatement).map { start in
      start..<min(start + perStatement, probes.count)
    }
    open.reverse()
    while let range = open.popLast() {
      if lockTimeouts >= 10 || ContinuousClock.now > deadline {
        let left = open.reduce(range.count) { $0 + $1.count }
        let why = lockTimeouts >= 10 ? "ten waits for locks ran out" : "the time for looking ran out"
        notAssessed.append(
          NotAssessed(rule, nil, "\(why): \(left) of \(probes.count) not looked at; name fewer objects"))
        break
      }
      let branches = range.map { index in
        let sql = probes[index].sql
        return "SELECT \(index) AS probe, p.* FROM (\(sql)) AS p"
      }
      let text = branches.joined(separator: " UNION ALL ") + " ORDER BY 1"
      let before = notAssessed.count
      let object = probes[range.lowerBound].object
      let answer = try attempt(connection, for: rule, on: object) { (connection) throws(PostgresError) in
        try connection.rows(text)
      }
      if let answer {
        for row in answer { if let index = row.int("probe") { rows[index] = row } }
      } else if range.count > 1 {
        notAssessed.removeSubrange(before...)
        let middle = range.lowerBound + range.count / 2
        open.append(middle..<range.upperBound)
        open.append(range.lowerBound..<middle)
      }
    }
    return rows
  }

  /// Leaves out, in one line, objects that this role may not read.
  mutating func leaveOut(_ objects: [DatabaseObject], _ noun: String, _ reason: String, for rule: String) {
    guard let first = objects.first else { return }
    if objects.count == 1 {
      notAssessed.append(NotAssessed(rule, first, reason))
      return
    }
    let names = objects.prefix(3).map { $0.displayName }.joined(separator: ", ")
    let more = objects.count > 3 ? ", …" : ""
    notAssessed.append(NotAssessed(rule, nil, "\(objects.count) \(noun) (\(names)\(more)): \(reason)"))
  }
}

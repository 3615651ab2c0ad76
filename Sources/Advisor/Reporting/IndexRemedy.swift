import Medic

/// The SQL that makes an advised index on a busy server, and takes it away again.
enum IndexRemedy {
  static func remedy(_ candidate: Candidate, _ table: TableFacts, _ names: inout IndexNames) -> Remedy {
    let name = names.name(candidate, table: table.name)
    if table.isPartitioned { return partitioned(candidate, table, name, &names) }
    let create = "CREATE INDEX CONCURRENTLY \(SQLName.quoted(name)) ON \(table.displayName) \(candidate.tail)"
    return Remedy(
      sql: guarded([create]),
      undo: guarded(["DROP INDEX CONCURRENTLY IF EXISTS \(SQLName.qualified(table.schema, name))"]),
      // The pattern knows no INCLUDE.
      pattern: candidate.included.isEmpty ? "index-concurrently" : nil,
      slots: candidate.included.isEmpty ? slots(candidate, table, name) : [],
      caution: "Outside a transaction. If it fails, an INVALID index is left: drop it by the undo, then try again."
        + (candidate.predicate == nil
          ? "" : " Serves only statements that name the condition with its value, not as a parameter."))
  }

  private static func slots(_ candidate: Candidate, _ table: TableFacts, _ name: String) -> [Remedy.Slot] {
    [
      Remedy.Slot("table", table.displayName), Remedy.Slot("columns", candidate.keyList),
      Remedy.Slot("name", SQLName.quoted(name)), Remedy.Slot("method", candidate.method),
    ] + (candidate.predicate.map { [Remedy.Slot("where", $0)] } ?? [])
  }

  /// On the parents only, on each leaf concurrently, then attached; the parent's turns valid with its last leaf.
  private static func partitioned(
    _ candidate: Candidate, _ table: TableFacts, _ name: String, _ names: inout IndexNames
  ) -> Remedy {
    var parents = ["CREATE INDEX \(SQLName.quoted(name)) ON ONLY \(table.displayName) \(candidate.tail)"]
    var leaves: [String] = []
    var attachments: [String] = []
    func below(_ parent: Int, _ parentIndex: String) {
      for part in table.partitions where part.parent == parent {
        let partName = names.name(candidate, table: part.name)
        let target = "\(SQLName.quoted(partName)) ON"
        let relation = "\(SQLName.qualified(part.schema, part.name)) \(candidate.tail)"
        if part.isPartitioned {
          parents.append("CREATE INDEX \(target) ONLY \(relation)")
        } else {
          leaves.append("CREATE INDEX CONCURRENTLY \(target) \(relation)")
        }
        let index = SQLName.qualified(part.schema, partName)
        below(part.id, index)
        attachments.append("ALTER INDEX \(parentIndex) ATTACH PARTITION \(index)")
      }
    }
    let root = SQLName.qualified(table.schema, name)
    below(table.id, root)
    return Remedy(
      sql: guarded(parents + leaves + attachments), undo: guarded(["DROP INDEX IF EXISTS \(root)"], lockTimeout: "2s"),
      caution: "A partitioned index can't be made or dropped CONCURRENTLY as a whole: the undo takes ACCESS EXCLUSIVE "
        + "on every partition for a moment; try again when lock_timeout ends it.")
  }

  private static func guarded(_ statements: [String], lockTimeout: String = "5s") -> [String] {
    ["SET lock_timeout = '\(lockTimeout)'"] + statements + ["RESET lock_timeout"]
  }
}

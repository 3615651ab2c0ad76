import Testing

@testable import Advisor

/// What becomes of the texts of a workload before a server sees them.
@Suite struct WorkloadTests {
  @Test func weightsBelongToTheStatementThatFollows() {
    let found = StatementFile.statements(
      """
      -- a comment
      SELECT 1;
      -- calls: 1200
      SELECT ';' -- no end; here
        FROM t;
      --calls: 3
      \\echo not a statement
      -- calls: 2.5
      SELECT 2
      """, standardStrings: true)
    #expect(found.map { $0.calls } == [1, 1200, 2.5])
    #expect(found.map { $0.text }.first == "SELECT 1")
    #expect(found.last?.text == "SELECT 2")
  }

  @Test func parametersWhereTheGrammarTakesNoneAreMadeCasts() {
    var workload = Workload(.recorded)
    workload.add(
      "SELECT * FROM t WHERE at > now() - interval $1 AND d = date $2 ORDER BY at LIMIT $3", calls: 2, meanRows: 4.4)
    let statement = workload.statements.first
    #expect(
      statement?.text == "SELECT * FROM t WHERE at > now() - ($1::interval) AND d = ($2::date) ORDER BY at LIMIT 4")
    #expect(statement?.parameterCount == 2)
  }

  @Test func onlyStatementsThatReadOrWriteRowsCount() {
    var workload = Workload(.recorded)
    for text in ["BEGIN", "VACUUM t", "SET a = 1", "CREATE TABLE x (i int)"] { workload.add(text, calls: 1) }
    workload.add("SELECT 1; SELECT 2", calls: 1)
    workload.add("SELEC", calls: 1)
    workload.add("DELETE FROM t WHERE a = $1", calls: 7)
    #expect(workload.leftOut.map { $0.count } == [4])
    #expect(workload.unreadable.map { $0.reason }.first == "is more than one statement")
    #expect(workload.unreadable.count == 2)
    #expect(workload.statements.map { $0.kind } == [.delete])
  }

  @Test func servedIsWhatAnExistingIndexDoesAlready() {
    func candidate(_ keys: [String], equalities: Int, descending: Bool = false) -> Candidate {
      let keys = keys.map { name in
        Candidate.Key(sql: name, columns: [name], isColumn: true, isDescending: descending, nullsFirst: descending)
      }
      return Candidate(table: 1, schema: "s", tableName: "t", keys: keys, equalities: equalities)
    }
    func existing(_ keys: [String], predicate: String? = nil, isValid: Bool = true) -> ExistingIndex {
      ExistingIndex(
        name: "i", method: "btree", isValid: isValid, isUnique: false, keys: keys, opclasses: keys.map { _ in nil },
        descending: keys.map { _ in false }, nullsFirst: keys.map { _ in false }, included: [], predicate: predicate)
    }
    #expect(candidate(["a"], equalities: 1).isServed(by: existing(["a", "b"])))
    #expect(candidate(["b", "a"], equalities: 2).isServed(by: existing(["a", "b"])))
    #expect(!candidate(["b", "a"], equalities: 1).isServed(by: existing(["a", "b"])))
    #expect(!candidate(["b"], equalities: 1).isServed(by: existing(["a", "b"])))
    #expect(!candidate(["a"], equalities: 1).isServed(by: existing(["a"], predicate: "(a > 0)")))
    #expect(!candidate(["a"], equalities: 1).isServed(by: existing(["a"], isValid: false)))
    #expect(candidate(["a", "b"], equalities: 0, descending: true).isServed(by: existing(["a", "b"])))
  }
}

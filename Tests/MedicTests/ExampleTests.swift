import Postgres
import Testing

@testable import Medic

/// Every example of every examination, on a real server.
@Suite(.serialized) struct ExampleTests {
  @Test(arguments: (Examinations.all + Checkup.own).flatMap { type in type.examples.indices.map { Case(type, $0) } })
  func holds(_ test: Case) throws {
    let example = test.type.examples[test.index]
    let scratch = try test.database()
    if scratch.connection.serverMajor < example.major { return }
    if example.isCommitted {
      try Scratch.run(example.setup, on: scratch.connection)
    } else {
      try scratch.connection.execute("BEGIN; \(example.setup)")
    }
    let report = try test.type.look(scratch.connection, example.options)
    let rule = example.rule ?? test.type.rules[0].rule
    let found = report.findings.filter { $0.rule == rule }.map { $0.object.displayName }
    switch example.expectation {
    case .finds(let object): #expect(found == [object], "\(example.setup)")
    case .clean: #expect(found == [], "\(example.setup)")
    }
    #expect(report.notAssessed == [])
  }

  /// One example of one examination.
  struct Case: Sendable, CustomTestStringConvertible {
    let type: any Examination.Type
    let index: Int

    init(_ type: any Examination.Type, _ index: Int) {
      self.type = type
      self.index = index
    }

    var testDescription: String { "\(type.name) \(index)" }

    func database() throws -> Scratch {
      if type.examples[index].isCommitted { return try Scratch("medic_example_\(type.name)_\(index)") }
      return try Scratch("medic_example", shared: true)
    }
  }

  /// What looks at sessions has no examples but a suite of its own.
  @Test(arguments: (Examinations.all + Checkup.own).filter { !$0.examples.isEmpty }.map { Case($0, 0) })
  func everyRuleHasExamplesBothWays(_ test: Case) {
    for card in test.type.rules {
      let examples = test.type.examples.filter { ($0.rule ?? test.type.rules[0].rule) == card.rule }
      #expect(examples.contains { if case .finds = $0.expectation { true } else { false } }, "\(card.rule)")
      #expect(examples.contains { if case .clean = $0.expectation { true } else { false } }, "\(card.rule)")
    }
  }
}

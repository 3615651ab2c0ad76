import Advisor
import Knowledge
import Medic
import Testing

@testable import Shell

/// What findings and commands name exists: the entries of the knowledge base, and the commands themselves.
@Suite struct EntryTests {
  @Test func everyRuleNamesAnEntry() {
    let examinations = Examinations.all + [Advise.self]
    #expect(examinations.count >= 6)
    for examination in examinations {
      for card in examination.rules {
        #expect(KnowledgeBase.builtIn.entry(card.entry) != nil, "\(card.rule) names \(card.entry)")
      }
    }
  }

  @Test(arguments: [
    "migration-failed-midway", "lock-timeout-index", "disk-full", "constraint-violation", "plan-regression",
    "replication-lag", "connection-exhaustion", "index-concurrently", "jsonb-gin", "time-series-partitioning",
    "add-not-null-column", "drop-column", "composite-index", "partial-index",
  ]) func theFirstPagesAreThere(_ id: String) throws {
    let entry = try #require(KnowledgeBase.builtIn.entry(id))
    #expect(entry.kind == .playbook || entry.isTemplate)
  }

  @Test func everyExaminationIsACommandOfItsName() {
    for examination in Examinations.all + [Advise.self] {
      #expect(commands.contains { $0.help.name == examination.name && $0.help.isOurs }, "\\\(examination.name)")
    }
  }

  /// A name calls the command it names: no earlier one takes it away.
  @Test func everyCommandIsReachedByItsNames() {
    for command in commands {
      for name in [command.help.name] + command.help.aliases {
        #expect(commands.first { $0.help.matches(name) }?.help.name == command.help.name, "\\\(name)")
      }
    }
  }

  @Test func everyCommandOfOursExplainsItself() throws {
    let session = Session(program: "pgmedic")
    for command in commands where command.help.isOurs {
      #expect(!command.help.summary.isEmpty && !command.help.details.isEmpty, "\\\(command.help.name)")
      let text = try session.explanation(of: command.help.name)
      #expect(text.hasPrefix("\\\(command.help.name)"))
    }
  }
}

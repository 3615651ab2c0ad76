import Medic
import Testing

@testable import Shell

/// Every abbreviation that psql understands means the same in pgmedic.
struct CommandLineAbbreviationTests {
  /// The shortest abbreviation of each long name that psql 15.20 took for it.
  private static let shortest = [
    (name: "echo-all", shortest: "echo-a"), (name: "no-align", shortest: "no-a"), (name: "command", shortest: "co"),
    (name: "dbname", shortest: "d"), (name: "echo-queries", shortest: "echo-q"),
    (name: "echo-errors", shortest: "echo-e"), (name: "echo-hidden", shortest: "echo-h"),
    (name: "file", shortest: "fil"), (name: "field-separator", shortest: "field-separator"),
    (name: "field-separator-zero", shortest: "field-separator-"), (name: "host", shortest: "ho"),
    (name: "html", shortest: "ht"), (name: "list", shortest: "li"), (name: "log-file", shortest: "lo"),
    (name: "no-readline", shortest: "no-r"), (name: "single-transaction", shortest: "single-t"),
    (name: "output", shortest: "o"), (name: "port", shortest: "po"), (name: "pset", shortest: "ps"),
    (name: "quiet", shortest: "q"), (name: "record-separator", shortest: "record-separator"),
    (name: "record-separator-zero", shortest: "record-separator-"), (name: "single-step", shortest: "single-s"),
    (name: "single-line", shortest: "single-l"), (name: "tuples-only", shortest: "tu"),
    (name: "table-attr", shortest: "ta"), (name: "username", shortest: "u"), (name: "set", shortest: "se"),
    (name: "variable", shortest: "va"), (name: "version", shortest: "ve"), (name: "no-password", shortest: "no-pa"),
    (name: "password", shortest: "pa"), (name: "expanded", shortest: "ex"), (name: "no-psqlrc", shortest: "no-ps"),
    (name: "help", shortest: "he"), (name: "csv", shortest: "cs"),
  ]

  /// The option that a word is taken for, as the complaint about a missing or superfluous argument names it.
  private static func meaning(of word: String, as program: String) -> String? {
    for arguments in [[word], ["\(word)=x"]] {
      do {
        let options = try ParsedOptions.parse(
          arguments: arguments, program: Program(path: program), interactive: false)
        if options.request == .help(.options) { return "help" }
      } catch {
        guard case .plain(let text)? = error.messages.first else { continue }
        let words = text.split(separator: "'")
        if text.hasSuffix("requires an argument") || text.hasSuffix("allow an argument"), words.count > 1 {
          return String(words[1].dropFirst(2))
        }
      }
    }
    return nil
  }

  @Test func theListCoversPsqlsOptions() {
    let names = CommandLineOption.psql.flatMap(\.longNames)
    #expect(Set(names) == Set(Self.shortest.map(\.name)))
    #expect(Set(names) == Set(CommandLineOption.psqlListingOrder))
    #expect(names.count == CommandLineOption.psqlListingOrder.count)
  }

  @Test(arguments: ["psql", "pgmedic"])
  func abbreviationsMeanWhatTheyMeanInPsql(program: String) {
    for (name, shortest) in Self.shortest {
      for length in shortest.count...name.count {
        let word = "--" + name.prefix(length)
        #expect(Self.meaning(of: word, as: program) == name, "\(word)")
      }
      for length in 1..<shortest.count {
        let word = "--" + name.prefix(length)
        #expect(Self.meaning(of: word, as: program) != name, "\(word)")
      }
    }
  }

  @Test func ownOptionsCanBeAbbreviatedWherePsqlKnowsNothing() throws {
    #expect(try parsed("--off").medic.offline)
    #expect(try parsed("--sand").medic.sandbox == .temporary)
    #expect(try parsed("--fail-on=info").medic.failOn == .info)
    #expect(try parsed("--fail-on-un").medic.failsOnUnassessed)
    for option in CommandLineOption.medic {
      #expect(throws: CommandLineError.self) { try parsed("--\(option.long)", as: "psql") }
    }
  }
}

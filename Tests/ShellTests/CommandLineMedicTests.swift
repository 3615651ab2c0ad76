import Medic
import Testing

@testable import Shell

/// The options that psql doesn't have.
struct CommandLineMedicTests {
  private static func failure(_ arguments: String...) -> String? {
    do {
      _ = try ParsedOptions.parse(arguments: arguments, program: Program(path: "/bin/pgmedic"), interactive: false)
      return nil
    } catch {
      return error.messages.map { $0.text(program: "pgmedic") }.joined(separator: "\n")
    }
  }

  @Test func eachSetsItsValue() throws {
    var expected = MedicOptions()
    expected.offline = true
    expected.readOnly = true
    expected.format = "sarif"
    expected.failOn = .warning
    expected.failsOnUnassessed = true
    expected.reportFile = Array("r.json".utf8)
    expected.keepsState = true
    let options = try parsed(
      "--offline", "--read-only", "--format", "sarif", "--fail-on=warning", "--fail-on-unassessed", "--report",
      "r.json", "--state")
    #expect(options.medic == expected)
    #expect(try parsed().medic == MedicOptions())
  }

  @Test func theDefaultsFailOnErrorsAndReportAsJSON() throws {
    #expect(try parsed().medic.failOn == .error)
    #expect(try parsed("--report=f").medic.reportFormat == "json")
    #expect(try parsed("--report=f", "--format=junit").medic.reportFormat == "junit")
  }

  @Test(arguments: ReportFormats.all.map { $0.name })
  func everyFormatIsKnown(format: String) throws {
    #expect(try parsed("--format=\(format)").medic.format == format)
  }

  @Test(arguments: GeneratedDocument.allCases)
  func everyDocumentIsKnown(document: GeneratedDocument) throws {
    #expect(try parsed("--generate", document.rawValue, "--foo").request == .generate(document))
  }

  @Test func anUnknownChoiceListsTheKnownOnes() {
    #expect(
      Self.failure("--fail-on=fatal") == """
        pgmedic: error: unrecognized value "fatal" for --fail-on
        pgmedic: hint: Known are none, info, warning, error.
        """)
    #expect(Self.failure("--format=xml")?.hasSuffix("json, jsonl, csv, markdown, junit, sarif, github.") == true)
    #expect(Self.failure("--generate=pdf")?.hasSuffix("man, bash, zsh, fish, readme.") == true)
  }

  @Test func aSandboxMayBeKept() throws {
    #expect(try parsed("--sandbox").medic.sandbox == .temporary)
    #expect(try parsed("--sandbox=/tmp/x", "-c", "x").medic.sandbox == .directory(Array("/tmp/x".utf8)))
    #expect(try parsed("--sandbox", "-U", "alice").user == Array("alice".utf8))
  }

  @Test func aDirectoryAfterABlankIsAskedAbout() {
    #expect(
      Self.failure("--sandbox", "lab") == """
        pgmedic: error: --sandbox takes no database name: "lab"
        pgmedic: hint: Did you mean --sandbox=lab?
        """)
  }

  @Test func aSandboxNeverConnectsElsewhere() {
    for (arguments, name) in [("-hlocalhost", "host"), ("-p5433", "port"), ("-dpostgresql://prod/x", "dbname")] {
      let start = "pgmedic: error: --sandbox and --\(name) exclude"
      #expect(Self.failure("--sandbox", arguments)?.hasPrefix(start) == true)
    }
    #expect(Self.failure("--sandbox=d", "postgresql://prod/x")?.contains("takes no database name") == true)
    #expect(Self.failure("--sandbox", "--offline") == "pgmedic: error: --sandbox and --offline exclude each other")
  }

  @Test func calledAsPsqlThereIsNoMedic() {
    for option in CommandLineOption.medic {
      #expect(throws: CommandLineError.self) { try parsed("--\(option.long)=json", as: "psql") }
    }
    #expect(throws: CommandLineError.self) { try parsed("--help=medic", as: "psql") }
    #expect(throws: Never.self) { try parsed("--help=medic") }
  }
}

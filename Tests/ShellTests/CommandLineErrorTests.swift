import Testing

@testable import Shell

/// Faults of the command line, against what psql 15.20 printed for them.
struct CommandLineErrorTests {
  private static func failure(
    _ arguments: [String], as program: String, interactive: Bool = false
  ) -> (text: String, code: Int32, settings: Int)? {
    do {
      _ = try ParsedOptions.parse(arguments: arguments, program: Program(path: program), interactive: interactive)
      return nil
    } catch {
      let name = Program(path: program).name
      let lines = error.messages.map { $0.text(program: name) }
      return (lines.joined(separator: "\n"), error.exitCode, error.settings.count)
    }
  }

  @Test(
    arguments: [
      (["--foo"], "unrecognized option '--foo'"), (["--foo=bar"], "unrecognized option '--foo=bar'"),
      (["-A", "--a"], "unrecognized option '--a'"), (["---"], "unrecognized option '---'"),
      (["-Z"], "invalid option -- 'Z'"), (["-XZA"], "invalid option -- 'Z'"), (["-Z", "-?"], "invalid option -- 'Z'"),
      (["-é"], "invalid option -- '\u{FFFD}'"),
      (["-c"], "option requires an argument -- 'c'"), (["-zF"], "option requires an argument -- 'F'"),
      (["-P"], "option requires an argument -- 'P'"), (["-v"], "option requires an argument -- 'v'"),
      (["--dbname"], "option '--dbname' requires an argument"), (["--set"], "option '--set' requires an argument"),
      (["--comm"], "option '--command' requires an argument"), (["--o"], "option '--output' requires an argument"),
      (["--var"], "option '--variable' requires an argument"),
      (["--list=3"], "option '--list' doesn't allow an argument"),
      (["--echo-hidden="], "option '--echo-hidden' doesn't allow an argument"),
      (["--version="], "option '--version' doesn't allow an argument"),
      (
        ["--no"],
        "option '--no' is ambiguous; possibilities: '--no-align' '--no-readline' '--no-password' '--no-psqlrc'"
      ),
      (["--fi"], "option '--fi' is ambiguous; possibilities: '--file' '--field-separator' '--field-separator-zero'"),
      (
        ["--sing=bar"],
        "option '--sing=bar' is ambiguous; possibilities: '--single-transaction' '--single-step' '--single-line'"
      ),
      (
        ["--e"],
        "option '--e' is ambiguous; possibilities: '--echo-all' '--echo-queries' '--echo-errors' '--echo-hidden'"
          + " '--expanded'"
      ),
      (["--help", "--foo"], nil), (["--help=option"], ""), (["--help="], ""), (["-X?"], ""), (["-?X"], ""),
      (["-A", "-1?"], ""),
    ] as [([String], String?)])
  func getoptsFaults(arguments: [String], complaint: String?) {
    for program in ["/usr/lib/postgresql/15/bin/psql", "psql", "/opt/pgmedic"] {
      let failure = Self.failure(arguments, as: program)
      guard let complaint else {
        #expect(failure == nil)
        continue
      }
      let name = Program(path: program).name
      let hint = "\(name): hint: Try \"\(name) --help\" for more information."
      #expect(failure?.text == (complaint.isEmpty ? hint : "\(program): \(complaint)\n\(hint)"))
      #expect(failure?.code == 1)
    }
  }

  @Test func everyLongNameIsListedInPsqlsOrder() {
    #expect(
      Self.failure(["--=3"], as: "psql")?.text.hasPrefix(
        """
        psql: option '--=3' is ambiguous; possibilities: '--echo-all' '--no-align' '--command' '--dbname' \
        '--echo-queries' '--echo-errors' '--echo-hidden' '--file' '--field-separator' '--field-separator-zero' \
        '--host' '--html' '--list' '--log-file' '--no-readline' '--single-transaction' '--output' '--port' '--pset' \
        '--quiet' '--record-separator' '--record-separator-zero' '--single-step' '--single-line' '--tuples-only' \
        '--table-attr' '--username' '--set' '--variable' '--version' '--no-password' '--password' '--expanded' \
        '--no-psqlrc' '--help' '--csv'

        """) == true)
  }

  @Test func messagesCarryTheNameTheProgramWasCalledBy() {
    #expect(
      Self.failure(["--foo"], as: "/a/b/foo")?.text == """
        /a/b/foo: unrecognized option '--foo'
        foo: hint: Try "foo --help" for more information.
        """)
    #expect(
      Self.failure(["--foo"], as: "")?.text == """
        : unrecognized option '--foo'
        : hint: Try " --help" for more information.
        """)
  }

  @Test func aSingleTransactionNeedsCommandsOrNoTerminal() throws {
    let message = "psql: error: -1 can only be used in non-interactive mode"
    #expect(Self.failure(["-1"], as: "psql", interactive: true)?.text == message)
    #expect(Self.failure(["-1", "-l"], as: "psql", interactive: true)?.text == message)
    #expect(Self.failure(["-1"], as: "psql") == nil)
    #expect(Self.failure(["-1", "-c", "x"], as: "psql", interactive: true) == nil)
    #expect(Self.failure(["-1", "-f", "x"], as: "psql", interactive: true) == nil)
  }

  @Test func settingsBeforeTheFaultAreKept() {
    #expect(Self.failure(["-Pfoo=1", "-A", "--foo", "-x"], as: "psql")?.settings == 2)
    #expect(Self.failure(["-1", "-Pfoo=1"], as: "psql", interactive: true)?.settings == 1)
  }
}

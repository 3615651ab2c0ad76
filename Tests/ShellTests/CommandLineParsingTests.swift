import Testing

@testable import Shell

/// Shorthand for what the command lines of these tests give.
func parsed(
  _ arguments: String..., as program: String = "/opt/bin/pgmedic", interactive: Bool = false
) throws(CommandLineError) -> ParsedOptions {
  try ParsedOptions.parse(arguments: arguments, program: Program(path: program), interactive: interactive)
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension ParsedOptions.Setting {
  static func variable(_ name: String, _ value: String) -> Self { .variable(name, Array(value.utf8)) }
  static func print(_ name: String, _ value: String) -> Self { .print(name, Array(value.utf8)) }
}

struct CommandLineParsingTests {
  /// Every option that sets something in order, by each of its names, in each way of giving an argument.
  @Test(
    arguments: [
      (["-a"], .variable("ECHO", "all")), (["--echo-all"], .variable("ECHO", "all")),
      (["-b"], .variable("ECHO", "errors")), (["--echo-errors"], .variable("ECHO", "errors")),
      (["-e"], .variable("ECHO", "queries")), (["--echo-queries"], .variable("ECHO", "queries")),
      (["-E"], .variable("ECHO_HIDDEN", "on")), (["--echo-hidden"], .variable("ECHO_HIDDEN", "on")),
      (["-q"], .variable("QUIET", "on")), (["--quiet"], .variable("QUIET", "on")),
      (["-s"], .variable("SINGLESTEP", "on")), (["--single-step"], .variable("SINGLESTEP", "on")),
      (["-S"], .variable("SINGLELINE", "on")), (["--single-line"], .variable("SINGLELINE", "on")),
      (["-v", "a=b"], .variable("a", "b")), (["-va=b"], .variable("a", "b")),
      (["-vON_ERROR_STOP=1"], .variable("ON_ERROR_STOP", "1")), (["--set", "a=b"], .variable("a", "b")),
      (["--set=a=b"], .variable("a", "b")), (["--variable=a=b=c"], .variable("a", "b=c")),
      (["-v", "a="], .variable("a", "")), (["-v", "a"], .variable("a", nil)), (["-v", "=x"], .variable("", "x")),
      (["-v", ""], .variable("", nil)), (["-vA"], .variable("A", nil)),
      (["-A"], .print("format", "unaligned")), (["--no-align"], .print("format", "unaligned")),
      (["--csv"], .print("format", "csv")), (["-H"], .print("format", "html")), (["--html"], .print("format", "html")),
      (["-F", ";"], .print("fieldsep", ";")), (["-Fx"], .print("fieldsep", "x")), (["-F", ""], .print("fieldsep", "")),
      (["-F\\t"], .print("fieldsep", "\\t")), (["--field-separator=="], .print("fieldsep", "=")),
      (["-R", "-A"], .print("recordsep", "-A")), (["--record-separator", "\n"], .print("recordsep", "\n")),
      (["-P", "border=2"], .print("border", "2")), (["-Pborder"], .print("border", nil)),
      (["--pset=null="], .print("null", "")), (["--pset", "title=a=b"], .print("title", "a=b")),
      (["-t"], .print("tuples_only", "on")), (["--tuples-only"], .print("tuples_only", "on")),
      (["-Tborder=1"], .print("tableattr", "border=1")), (["--table-attr=x"], .print("tableattr", "x")),
      (["-x"], .print("expanded", "on")), (["--expanded"], .print("expanded", "on")),
      (["-z"], .print("fieldsep_zero", "on")), (["--field-separator-zero"], .print("fieldsep_zero", "on")),
      (["-0"], .print("recordsep_zero", "on")), (["--record-separator-zero"], .print("recordsep_zero", "on")),
      (["-o", "f"], .output(bytes("f"))), (["-o|cat"], .output(bytes("|cat"))), (["--output=f"], .output(bytes("f"))),
    ] as [([String], ParsedOptions.Setting)])
  func anOptionThatSetsSomething(arguments: [String], setting: ParsedOptions.Setting) throws {
    for program in ["psql", "pgmedic"] {
      let options = try ParsedOptions.parse(
        arguments: arguments, program: Program(path: program), interactive: false)
      var expected = ParsedOptions()
      expected.settings = [setting]
      #expect(options == expected)
    }
  }

  /// Every other option of psql, by each of its names.
  private static let others: [(arguments: [String], change: @Sendable (inout ParsedOptions) -> Void)] = [
    (["-c", "x"], { $0.actions = [.command(bytes("x"))] }), (["-cx"], { $0.actions = [.command(bytes("x"))] }),
    (["--command=x"], { $0.actions = [.command(bytes("x"))] }), (["-c", ""], { $0.actions = [.command([])] }),
    (["-f", "-"], { $0.actions = [.file(bytes("-"))] }), (["--file", "a b"], { $0.actions = [.file(bytes("a b"))] }),
    (["-d", "x"], { $0.database = bytes("x") }), (["--dbname=host=h"], { $0.database = bytes("host=h") }),
    (["-l"], { $0.listsDatabases = true }), (["--list"], { $0.listsDatabases = true }),
    (["-X"], { $0.readsStartupFile = false }), (["--no-psqlrc"], { $0.readsStartupFile = false }),
    (["-1"], { $0.singleTransaction = true }), (["--single-transaction"], { $0.singleTransaction = true }),
    (["-L", "f"], { $0.logFile = bytes("f") }), (["--log-file=f"], { $0.logFile = bytes("f") }),
    (["-n"], { $0.usesLineEditor = false }), (["--no-readline"], { $0.usesLineEditor = false }),
    (["-h", "h"], { $0.host = bytes("h") }), (["--host=/tmp"], { $0.host = bytes("/tmp") }),
    (["-p", "1"], { $0.port = bytes("1") }), (["--port=1"], { $0.port = bytes("1") }),
    (["-U", "u"], { $0.user = bytes("u") }), (["--username=u"], { $0.user = bytes("u") }),
    (["-w"], { $0.passwordPrompt = .never }), (["--no-password"], { $0.passwordPrompt = .never }),
    (["-W"], { $0.passwordPrompt = .always }), (["--password"], { $0.passwordPrompt = .always }),
    (["-W", "-w"], { $0.passwordPrompt = .never }),
    (["-V"], { $0.request = .version }), (["--version"], { $0.request = .version }),
    (
      ["-X", "-V", "--no-such"],
      {
        $0.request = .version; $0.readsStartupFile = false
      }
    ),
    (["-?"], { $0.request = .help(.options) }), (["--help"], { $0.request = .help(.options) }),
    (["--help", "x"], { $0.request = .help(.options) }), (["-?", "--no-such"], { $0.request = .help(.options) }),
    (
      ["-A", "-?"],
      {
        $0.request = .help(.options); $0.settings = [.print("format", "unaligned")]
      }
    ),
    (["--help=options"], { $0.request = .help(.options) }), (["--help=commands"], { $0.request = .help(.commands) }),
    (["--hel=variables"], { $0.request = .help(.variables) }),
    ([], { _ in }), (["--"], { _ in }), (["-"], { $0.database = bytes("-") }), ([""], { $0.database = [] }),
    (["a"], { $0.database = bytes("a") }),
    (
      ["a", "b"],
      {
        $0.database = bytes("a"); $0.user = bytes("b")
      }
    ),
    (
      ["-d", "a", "b"],
      {
        $0.database = bytes("a"); $0.user = bytes("b")
      }
    ),
    (
      ["a", "-U", "b", "c"],
      {
        $0.database = bytes("a"); $0.user = bytes("b"); $0.extraArguments = [bytes("c")]
      }
    ),
    (
      ["--", "-X", "-A"],
      {
        $0.database = bytes("-X"); $0.user = bytes("-A")
      }
    ),
  ]

  @Test(arguments: others.indices)
  func anotherOption(index: Int) throws {
    let (arguments, change) = Self.others[index]
    for program in ["psql", "pgmedic"] {
      let options = try ParsedOptions.parse(
        arguments: arguments, program: Program(path: program), interactive: false)
      var expected = ParsedOptions()
      change(&expected)
      #expect(options == expected)
    }
  }

  @Test func commandsAndFilesKeepTheirOrder() throws {
    let options = try parsed("-c", "a", "-f", "b", "-cc", "--file=-", "--command", "-e")
    #expect(
      options.actions == [
        .command(bytes("a")), .file(bytes("b")), .command(bytes("c")), .file(bytes("-")), .command(bytes("-e")),
      ])
  }

  @Test func settingsKeepTheirOrder() throws {
    let options = try parsed("-qAt", "-vQUIET=off", "-Pfieldsep=x", "-z", "-Fy", "-o", "f", "-x")
    #expect(
      options.settings == [
        .variable("QUIET", "on"), .print("format", "unaligned"), .print("tuples_only", "on"),
        .variable("QUIET", "off"), .print("fieldsep", "x"), .print("fieldsep_zero", "on"), .print("fieldsep", "y"),
        .output(bytes("f")), .print("expanded", "on"),
      ])
  }

  @Test func aClusterEndsInAnArgument() throws {
    let options = try parsed("-XAtc", "select 1", "db")
    #expect(!options.readsStartupFile)
    #expect(options.settings == [.print("format", "unaligned"), .print("tuples_only", "on")])
    #expect(options.actions == [.command(bytes("select 1"))])
    #expect(options.database == bytes("db"))
  }

  @Test func optionsMayFollowOtherArguments() throws {
    let options = try parsed("db", "-X", "me", "-h", "localhost", "more", "-p5433", "still")
    #expect(options.database == bytes("db"))
    #expect(options.user == bytes("me"))
    #expect(options.host == bytes("localhost"))
    #expect(options.port == bytes("5433"))
    #expect(options.extraArguments == [bytes("more"), bytes("still")])
    #expect(
      options.extraArguments.map { CommandLineError.Message.extraArgument($0).text(program: "psql") } == [
        "psql: warning: extra command-line argument \"more\" ignored",
        "psql: warning: extra command-line argument \"still\" ignored",
      ])
  }

  @Test func argumentsAreBytesNotCharacters() throws {
    let latin1: [UInt8] = [0x73, 0x65, 0xE9]
    let options = try ParsedOptions.parse(
      [bytes("-c"), latin1, bytes("-vx=") + latin1, bytes("--file=") + latin1], program: Program(path: "psql"),
      interactive: false)
    #expect(options.actions == [.command(latin1), .file(latin1)])
    #expect(options.settings == [.variable("x", latin1)])
  }

  @Test func parsingManyAtOnceMixesNothing() async throws {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask { (try? parsed("-A", "-c", "\(number)", "d\(number)"))?.database == bytes("d\(number)") }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}

import SQLText
import Testing

/// Backslash commands and their arguments, as `\echo`, `\set` and others of psql 15.20 took them.
@Suite struct CommandTests {
  static let values = ["x": "5", "y": "a b", "id": "My \"col\"", "s": "it's", "nl": "a\nb", "plain": "a-_./:9"]

  static func read(
    _ text: String, _ kind: ArgumentKind = .normal, strippingSemicolons: Bool = false
  ) -> [Reading.Event] {
    var reading = Reading(kind: kind, strippingSemicolons: strippingSemicolons)
    reading.variables.values = values
    reading.read(text)
    return reading.events
  }

  @Test(arguments: [
    (#"'a\n\t\b\r\f\101\x41\x4\7z\q\\\'x' "#, ["a\n\t\u{8}\r\u{c}AA\u{4}\u{7}zq\\'x"]),
    (#"'it''s' "d ""q"" \n" "a"b'c'd"#, ["it's", #""d ""q"" \n""#, "\"a\"bcd"]),
    ("a;b; c;; 'd;' ;", ["a;b;", "c;;", "d;", ";"]), (#""" '' x"#, ["\"\"", "", "x"]),
    (
      #":x:x :'x':x ":x" ':x' :"id" :nox :'nox' :"nox" :{?x} :{?nox} a:x"#,
      ["55", "'5'5", "\":x\"", ":x", #""My ""col""""#, ":nox", ":'nox'", ":\"nox\"", "TRUE", "FALSE", "a5"]
    ),
    (":x' q'", ["5 q"]), (": :: :x: :{?x", [":", "::", "5:", ":{?x"]), ("a\tb\r", ["a", "b"]),
    ("|a b 'c' ;", ["|a", "b", "c", ";"]), (#"'\x' '\xg' '\377'"#, ["x", "xg", "\u{FFFD}"]),
    ("`echo a` x`b`y", ["<echo a>", "x<b>y"]),
    (
      "`echo :y :'y' :\"y\" :{?x} :nox :'nox' :'plain' :'s'`",
      [#"<echo a b 'a b' :"y" :{?x} :nox :'nox' a-_./:9 'it'"'"'s'>"#]
    ),
    ("\u{0B}a", ["\u{0B}a"]),
  ])
  func arguments(_ text: String, _ expected: [String]) {
    #expect(Self.read("\\echo " + text) == [.command("echo", expected)])
  }

  @Test(arguments: ["'c", "`c", "\"c", "x'c''", #"'c\'"#])
  func unterminatedQuote(_ text: String) {
    #expect(
      Self.read("\\echo a b \(text) \\\\ select 1;")
        == [.command("echo", ["a", "b"]), .message("unterminated quoted string")])
  }

  @Test func commandsEndAtBackslashes() {
    #expect(Self.read(#"\echo one \\ select 'x';"#) == [.command("echo", ["one"]), .statement("select 'x';")])
    #expect(Self.read(#"\echo one\\select 1;"#) == [.command("echo", ["one"]), .statement("select 1;")])
    #expect(
      Self.read(#"\echo one \echo two\echo three"#)
        == [.command("echo", ["one"]), .command("echo", ["two"]), .command("echo", ["three"])])
    #expect(Self.read(#"\echo\echo x"#) == [.command("echo", []), .command("echo", ["x"])])
    #expect(Self.read(#"select 1 \echo mid \\ + 1;"#) == [.command("echo", ["mid"]), .statement("select 1  + 1;")])
    #expect(Self.read(#"\echo a\"#) == [.command("echo", ["a"]), .command("", [])])
    #expect(Self.read(#"\echo x \\ \\ y"#) == [.command("echo", ["x"]), .command("", []), .command("", ["y"])])
  }

  @Test func semicolonsAtTheEndAreStripped() {
    #expect(Self.read("\\d foo; 'b;' c';';; ;", strippingSemicolons: true).first == .command("d", ["foo", "b;", "c;"]))
    #expect(Self.read("\\d a;b; :x; ';'", strippingSemicolons: true) == [.command("d", ["a;b", "5", ";"])])
    #expect(Self.read("\\sf  f(a) ; ; ", .wholeLine, strippingSemicolons: true) == [.command("sf", ["f(a)"])])
  }

  @Test func identifiers() {
    #expect(
      Self.read(#"\d Foo "Foo" "a ""b"" C".Bar x"Y"Z """#, .sqlIdentifierLowercased)
        == [.command("d", ["foo", "Foo", "a \"b\" C.bar", "xYz", ""])])
    #expect(Self.read(#"\c Foo "a b" É"#, .sqlIdentifier) == [.command("c", ["Foo", "a b", "É"])])
  }

  @Test func pipesAndWholeLines() {
    #expect(Self.read("\\o  |cat 'a' :x `b` \\\\ ; ", .filePipe) == [.command("o", ["|cat 'a' :x `b` \\\\ ; "])])
    #expect(Self.read("\\o a|b '|c'", .filePipe) == [.command("o", ["a|b", "|c"])])
    #expect(Self.read("\\! \t echo 'a  :x \\\\ b ", .wholeLine) == [.command("!", ["echo 'a  :x \\\\ b "])])
    #expect(Self.read("\\!   ", .wholeLine) == [.command("!", [])])
  }

  @Test func unevaluatedArgumentsAreAsWritten() {
    #expect(
      Self.read(#"\x a :x `echo :x` 'q q' :{?x} :'x'"#, .unevaluated)
        == [.command("x", ["a", ":x", "echo :x", "q q", "FALSE", ":'x'"])])
  }

  @Test func theLastQuoteIsKnown() {
    var scanner = Scanner()
    scanner.feed(Array("a 'b' \"c\" `d` :e '-'\"\" '' - a''b".utf8))
    var quotes: [CommandArgument.Quote?] = []
    while let argument = scanner.argument(variables: NoVariables(), backtick: { $0 }) { quotes.append(argument.quote) }
    #expect(quotes == [nil, .single, .double, .backtick, .variable, .double, .single, nil, .single])
  }

  @Test func aFailedBacktickLeavesNothing() {
    var scanner = Scanner()
    scanner.feed(Array("a`false`b `c` `d`".utf8))
    var outputs: [[UInt8]?] = [nil, nil, Array("x\n\n".utf8)].reversed()
    var arguments: [String] = []
    while let argument = scanner.argument(variables: NoVariables(), backtick: { _ in outputs.removeLast() }) {
      arguments.append(argument.text)
    }
    #expect(arguments == ["ab", "", "x\n"])
  }

  @Test func shellQuoting() throws {
    #expect(try shellQuoted(Array("".utf8)) == Array("''".utf8))
    #expect(throws: VariableQuotingError("shell command argument contains a newline or carriage return: \"a\nb\"")) {
      try shellQuoted(Array("a\nb".utf8))
    }
    #expect(
      Self.read("\\echo `:'nl'`") == [
        .command("echo", ["<:'nl'>"]),
        .message("shell command argument contains a newline or carriage return: \"a\nb\""),
      ])
  }

  @Test func aFailedCommandDropsItsLine() {
    var scanner = Scanner()
    var query: [UInt8] = []
    scanner.feed(Array("\\nosuch a 'b \\\\ select 2;".utf8))
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .backslash)
    #expect(scanner.commandName() == "nosuch")
    scanner.discardLine()
    scanner.endOfCommand()
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .incomplete)
    scanner.feed(Array("\\skip a `b` :c \\\\ select 2;".utf8))
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .backslash)
    #expect(scanner.commandName() == "skip")
    scanner.skipArguments()
    scanner.endOfCommand()
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .semicolon)
    #expect(String(decoding: query, as: UTF8.self) == "select 2;")
  }
}

import SQLText
import Testing

/// Variables in SQL, as psql 15.20 put them in.
@Suite struct VariableTests {
  static func read(_ text: String, _ values: [String: String]) -> [Reading.Event] {
    var reading = Reading()
    reading.variables.values = values
    reading.read(text)
    return reading.events
  }

  static let values = [
    "x": "5", "s": "it's", "id": "My \"col\"", "two": "1; select 2", "2": "two", "é": "utf", "empty": "", "c": "--",
    "sl": "/", "e": "E", "q": "'abc", "sp": "   ",
  ]

  @Test(arguments: [
    ("select :x, :'s', :\"id\", :{?x}, :{?nox};", "select 5, 'it''s', \"My \"\"col\"\"\", TRUE, FALSE;"),
    ("select :nox, :'nox', :\"nox\";", "select :nox, :'nox', :\"nox\";"),
    ("select ::x, :=x, :=:x, a[1:x], a[1:2], a[:x] :é :'é';", "select ::x, :=x, :=5, a[15], a[1two], a[5] utf 'utf';"),
    ("select :{?x, :{x}, :{?}, : x;", "select :{?x, :{x}, :{?}, : x;"),
    ("select :'s', :':x;';", "select 'it''s', :':x;';"),
    ("select 'a'':x', ':x', \":x\", $$:x$$, /* :x */ :x:x;", "select 'a'':x', ':x', \":x\", $$:x$$, /* :x */ 55;"),
    ("select foo:x, 1:x, 'a':x, \"a\":x, $1:x, :x:::x::int;", "select foo5, 15, 'a'5, \"a\"5, $15, 5::5::int;"),
    ("select a->:x, b-:x, d=>:x, f.:x, g@:x, 1.:x, 1..:x;", "select a->5, b-5, d=>5, f.5, g@5, 1.5, 1..5;"),
    ("select u&:x, N:x;", "select u&5, N5;"), ("select :q' , 1;", "select 'abc' , 1;"),
    (":empty\n:sp select 1;", "select 1;"), ("select :empty 1;", "select  1;"),
    // A token doesn't reach beyond the end of a value, but what a value opens stays open.
    ("select :sl* 5 */ 3;", "select /* 5 */ 3;"), ("select 1 :c :x; select 2;", "select 1 -- 5;"),
    ("select :e'a\\';", "select E'a\\';"), ("select -- :x\n1;", "select -- :x\n1;"),
  ])
  func inSQL(_ text: String, _ expected: String) {
    #expect(Self.read(text, Self.values).first == .statement(expected))
  }

  @Test func aValueCanEndAStatement() {
    #expect(Self.read("select :two;", Self.values) == [.statement("select 1;"), .statement("select 2;")])
  }

  @Test func aValueCanBeACommand() {
    let values = ["cmd": "\\echo in", "x": "5"]
    #expect(Self.read(":cmd :x y", values) == [.command("echo", ["in", "5", "y"])])
    #expect(Self.read(":cmd'side' z", values) == [.command("echo", ["inside", "z"])])
    #expect(Self.read(":cmd:x", ["cmd": "\\e", "x": "5"]) == [.command("e:x", [])])
  }

  @Test func aValueIsReadForVariablesItself() {
    #expect(Self.read("select :a;", ["a": ":b+:b", "b": "(:c)", "c": "1"]) == [.statement("select (1)+(1);")])
  }

  @Test func recursionIsRefused() {
    let message = Reading.Event.message("skipping recursive expansion of variable \"a\"")
    #expect(Self.read("select :a;", ["a": ":a"]) == [message, .statement("select :a;")])
    #expect(
      Self.read("select :a, :a;", ["a": ":b", "b": ":a+1"]) == [message, message, .statement("select :a+1, :a+1;")])
    #expect(Self.read("select :a;", ["a": ":'a'"]) == [.statement("select ':''a''';")])
  }

  @Test func aValueThatCannotBeQuotedStaysAReference() {
    struct Broken: VariableSource {
      func value(of name: String) -> [UInt8]? { [0xFF] }
      func quoted(_ value: [UInt8], as style: VariableQuoting) throws(VariableQuotingError) -> [UInt8] {
        throw VariableQuotingError("invalid multibyte character")
      }
    }
    var scanner = Scanner()
    var query: [UInt8] = []
    scanner.feed(Array("select :'x', :\"x\";".utf8))
    #expect(scanner.next(appendingTo: &query, variables: Broken()) == .semicolon)
    #expect(String(decoding: query, as: UTF8.self) == "select :'x', :\"x\";")
    let message = ScanDiagnostic(.error, "invalid multibyte character")
    #expect(scanner.takeDiagnostics() == [message, message])
    #expect(scanner.diagnostics == [])
  }

  @Test func anInactiveBranchKnowsNoVariable() {
    var scanner = Scanner()
    var query: [UInt8] = []
    scanner.feed(Array("select :x :{?x};".utf8))
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .semicolon)
    #expect(String(decoding: query, as: UTF8.self) == "select :x FALSE;")
  }
}

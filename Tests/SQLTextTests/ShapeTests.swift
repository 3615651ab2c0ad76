import SQLText
import Testing

/// Function bodies and COPY: whether psql 15.20 held the last semicolon back, and whether it then skipped data.
@Suite struct ShapeTests {
  @Test(arguments: [
    "create function f1() returns int language sql begin atomic select 1; select case when true then 2 else 3 end; end;",
    "create or replace procedure p1() begin atomic select 1; end;",
    "create /* c */ OR -- d\nreplace\nFUNCTION f3(begin int) begin atomic select (case when true then 1 end); end;",
    "CREATE FUNCTION f18() begiN ATOMIC; CaSe; End; enD;", "create function f() begin ) ; end ) ;",
    "create function f begin (x end) ; end ;", "create u& function f() begin select 1; end;",
    "create n'a' function f() begin select 1; end;", "create $1 function f begin x; end;",
    "(a) create function f begin; end;", "create (or a) function f begin; end;",
    "create function e5() as e'begin';", "create function \"begin\"() returns int return 1;",
    "(create) function begin x;", "create (function) begin x;", "create or function begin x;",
    "create \"or\" replace function begin x;", "create 1or replace function begin x;", "create temp function begin;",
    "create a function begin;", "alter function f() begin;", "create function f17() case;", "end;",
  ])
  func theLastSemicolonEnds(_ text: String) {
    #expect(Reading.statements(text) == [text])
  }

  @Test func anEscapedSemicolonBeginsAnotherStatement() {
    #expect(Reading.statements("a \\; create function begin x; end;") == ["a ; create function begin x; end;"])
    #expect(Reading.statements("a \\; b create function begin x;") == ["a ; b create function begin x;"])
    // Within parentheses and bodies it doesn't.
    #expect(Reading.statements("a ( \\; ) create function begin x;") == ["a ( ; ) create function begin x;"])
    #expect(Reading.statements("create function begin \\; foo; end;") == ["create function begin ; foo; end;"])
  }

  @Test(arguments: ["create function begin x;", "create procedure begin() x;", "create function f 1 begin x;"])
  func theSemicolonIsHeld(_ text: String) {
    var reading = Reading()
    reading.read(text)
    #expect(reading.events == [])
    #expect(reading.scanner.beginDepth == 1)
    #expect(reading.scanner.prompt == .continued)
    reading.query.removeAll()
    reading.scanner.reset()
    reading.read("begin;")
    #expect(reading.events == [.statement("begin;")])
  }

  @Test(arguments: [
    "copy nox from stdin;", "COPY nox FROM STDIN;", "copy nox(a,b) from stdin with (format csv);",
    "copy public.nox from stdin;", "copy \"from\" from stdin;", "copy nox from stdout;", "copy binary nox from stdin;",
    "copy nox from /* c */ stdin;", "/* x */ copy /* y */ nox from -- z\nstdin;", "copy nox from 'a' stdin;",
    "copy nox from (a) stdin;", "copy (nox) from stdin;", "'a' copy nox from stdin;", "1 copy nox from stdin;",
    "copy nox from stdin where (a > 1);", "copy to from stdin;", "copy nox to stdout from stdin;",
    "copy a1 a2 a3 a4 a5 from stdin;", "select 1 \\; copy nox from stdin;", "copy nox from stdin \\; select 1 \\; x;",
    "copy copy from stdin;", "copy x( \\; copy y from stdin) from stdin;",
  ])
  func oneCopy(_ text: String) {
    expect(copies: 1, text)
  }

  @Test(arguments: [
    "copy nox from 'stdin';", "copy nox from \"stdin\";", "copy nox from program 'x';", "copy nox to stdin;",
    "copy (select 1 from stdin) to stdout;", "select copy from stdin;", "explain copy nox from stdin;",
    "copy nox from nox from stdin;", "copy nox from from stdin;", "(copy nox from stdin);", "copy (nox from) stdin;",
    "copy nox from xstdin;", "copy nox from stdin2;", "copy nox from 1stdin;", "copy nox from $f stdin;",
    "copy a1 a2 a3 a4 a5 a6 from stdin;", "copy a.b.c.d.e.f from stdin;", "select 1 ( \\; ) copy nox from stdin;",
    "create function f() begin atomic copy nox from stdin; end;",
  ])
  func noCopy(_ text: String) {
    expect(copies: 0, text)
  }

  @Test func severalCopies() {
    expect(copies: 2, "copy a from stdin \\; select 1 \\; copy b from stdin;")
    #expect(copiesFromStandardInput(in: Array("copy a from stdin; copy b from stdin; copy c to stdout".utf8)) == 2)
  }

  @Test func copiesAreCountedForEachStatement() {
    var scanner = Scanner()
    var query: [UInt8] = []
    scanner.feed(Array("copy a from stdin; select 1; copy b from stdin \\g".utf8))
    var counts: [Int] = []
    for _ in 0..<3 {
      _ = scanner.next(appendingTo: &query, variables: NoVariables())
      counts.append(scanner.copiesFromStandardInput)
      query.removeAll()
    }
    #expect(counts == [1, 0, 1])
    scanner.reset()
    #expect(scanner.copiesFromStandardInput == 0)
  }

  /// `create function f begin \if false \\ end \endif \\ ;` is held by psql, whatever the inactive branch says.
  @Test func anInactiveBranchLeavesNoTrace() {
    for (before, inactive, after, ends) in [
      ("create function f begin ", "end; ) ; (", ";", false), ("create ", "foo; bar", "function f begin;", false),
      ("x ", "y;", "create function f begin;", true), ("", "create function f begin", "x;", true),
      ("", "create function", "begin;", true), ("(", ") ;", ";", false),
    ] {
      var reading = Reading()
      reading.readLine(before.utf8)
      let state = reading.scanner.statementState
      let length = reading.query.count
      reading.readLine(inactive.utf8)
      reading.query.removeSubrange(min(length, reading.query.count)...)
      reading.scanner.statementState = state
      #expect(reading.scanner.statementState == state)
      reading.events.removeAll()
      reading.readLine(after.utf8)
      #expect(reading.events.count == (ends ? 1 : 0), "\(before)")
    }
  }

  private func expect(copies: Int, _ text: String) {
    var scanner = Scanner()
    var query: [UInt8] = []
    scanner.feed(Array(text.utf8))
    #expect(scanner.next(appendingTo: &query, variables: NoVariables()) == .semicolon)
    #expect(scanner.copiesFromStandardInput == copies)
    #expect(copiesFromStandardInput(in: Array(text.utf8)) == copies)
    #expect(isCopyFromStdin(Array(text.utf8)) == (copies > 0))
  }
}

import SQLText
import Testing

/// What psql 15.20 sent to the server (log_statement = all), or printed with -e.
@Suite struct StatementTests {
  @Test func whiteSpaceAndLineCommentsBeforeAStatementAreDropped() {
    #expect(
      Reading.statements(
        "  -- lead comment\n/* block lead */ select 1; -- trailing\n\n\n   select 2 -- in\n\n   , 3\n;")
        == ["/* block lead */ select 1;", "select 2 -- in\n   , 3\n;"])
    #expect(Reading.statements(" select 9\t ;  ") == ["select 9\t ;"])
    #expect(Reading.statements("/* c */\n;\n;;") == ["/* c */\n;", ";", ";"])
    #expect(Reading.statements("  \u{0C}  select 3;\r\r") == ["select 3;"])
    #expect(Reading.statements("select 1 \r\n as x;\r") == ["select 1 \r\n as x;"])
  }

  @Test func aVerticalTabIsNoWhiteSpace() {
    #expect(Reading.statements("\u{0B} select 1;") == ["\u{0B} select 1;"])
  }

  @Test func emptyLinesBelongToQuotesOnly() {
    #expect(Reading.statements("select 'a\n\nb' as x;") == ["select 'a\n\nb' as x;"])
    #expect(Reading.statements("select $$a\n\nb$$\n\n, 1;") == ["select $$a\n\nb$$\n, 1;"])
    #expect(Reading.statements("select\n  \n1;") == ["select\n  \n1;"])
  }

  @Test func aSemicolonInsideParenthesesStays() {
    #expect(Reading.statements("select (1;\n);") == ["select (1;\n);"])
    #expect(Reading.statements("select 1);2;") == ["select 1);", "2;"])
  }

  @Test func anEscapedSemicolonOrColonIsText() {
    #expect(
      Reading.statements("select 4 \\;   select 5 \\; -- hm\n select 6;")
        == ["select 4 ;   select 5 ; -- hm\n select 6;"])
    #expect(Reading.statements("select \\: \\:x \\;;") == ["select : :x ;;"])
  }

  @Test(arguments: [
    "select 'it''s;' ;", "select \"a;\"\"b\" ;", "select $a$ ; $b$ $a b$a$ ;", "select $$;$$ ;", "select $é$ ; $é$ 1;",
    "select $a$ ; $b$a$ ;", "select 'a\\' ;", "select b'1;', x'f;', n';', N';' ;", "select U&'\\;' , U&\";\"\"\" ;",
    "select E'a\\';' ;", "select e'\\\\' ;", "select E'\\''';' ;", "select \"a\\\" ;", "select @/* ; */ @1;",
    "select /* a /* b */ ; */ 1;", "select /*/ ; */ 1;", "select 2*/* ; */3;", "select /***/ 2;", "select $1;",
    "select foo$x$ ;", "select _$$ ;", "select 1a$x$ ;", "select 1ab$x$ ;", "select $1a$x$ ;", "select 1.a$x$ ;",
    "select 1e5$x$ ;", "select 1é$x$ ;", "select 1E'\\' ;", "select 1ee'\\' ;", "select .5e'\\' ;", "select 1_'' ;",
    "select 1e-- ;", "select $foo ;", "select a::b:=c ;", "select 1 - 2 -1 ;", "select 'a'';' ;", "select é'\\' ;",
    "select fe'\\' ;", "select 1..2 ;", "select [1:2] ;",
  ])
  func theLastSemicolonEnds(_ text: String) {
    #expect(Reading.statements(text) == [text])
  }

  @Test(arguments: [
    ("select 'a;", PromptStatus.singleQuote), ("select E'a\\';", .singleQuote), ("select U&';", .singleQuote),
    ("select x';", .singleQuote), ("select \";", .doubleQuote), ("select u&\";", .doubleQuote),
    ("select $a$ $b$;", .dollarQuote), ("select 1$x$;", .dollarQuote), ("select $1$x$;", .dollarQuote),
    ("select 1..$x$;", .dollarQuote), ("select 1e+$x$;", .dollarQuote), ("/* /* */;", .comment), ("/*/;", .comment),
    ("select (;", .parenthesis), ("select 1e+--;", .continued), ("create function f begin;", .continued),
    ("select 1e+e'\\';", .singleQuote), ("select 1 --;", .continued), (" -- ;", .ready),
  ])
  func nothingEnds(_ text: String, _ prompt: PromptStatus) {
    var reading = Reading()
    reading.read(text)
    #expect(reading.events == [])
    #expect(reading.scanner.prompt == prompt)
    #expect(reading.last == (prompt == .continued && reading.scanner.beginDepth == 0 ? .endOfLine : .incomplete))
    reading.query.removeAll()
    reading.scanner.reset()
    reading.read("\nselect 1;")
    #expect(reading.events == [.statement("select 1;")])
  }

  @Test func backslashesEscapeWithoutStandardConformingStrings() {
    #expect(Reading.statements("select 'a\\'; ';", standardStrings: false) == ["select 'a\\'; ';"])
    #expect(Reading.statements("select n'\\'; ';", standardStrings: false) == ["select n'\\'; ';"])
    #expect(Reading.statements("select b'\\';", standardStrings: false) == ["select b'\\';"])
    #expect(Reading.statements("select U&'\\';", standardStrings: false) == ["select U&'\\';"])
  }

  /// psql reads line by line and loses the kind of a string that goes on in the next line; in text that it gets in one
  /// piece (from an editor or a variable) it doesn't.
  @Test func aStringGoesOnBehindALineFeed() {
    #expect(Reading.statements("select E'a'\n'b\\';") == ["select E'a'\n'b\\';"])
    var reading = Reading()
    reading.scanner.feed(Array("select E'a' -- c\n \r 'b\\'c;';".utf8))
    #expect(reading.scanner.next(appendingTo: &reading.query, variables: NoVariables()) == .semicolon)
    #expect(String(decoding: reading.query, as: UTF8.self) == "select E'a' -- c\n \r 'b\\'c;';")
  }

  @Test func aLineWithNothingButACommandLeavesTheBuffer() {
    var reading = Reading()
    reading.read("select 1 \\p\n\\p\n  \\p\n-- c \n\\p")
    #expect(String(decoding: reading.query, as: UTF8.self) == "select 1 \n  \n-- c ")
    #expect(reading.last == .endOfLine)
  }

  @Test func aNulEndsTheLine() {
    #expect(Reading.statements("select 2;\0select 3;\nselect 4;") == ["select 2;", "select 4;"])
  }

  @Test func unreadTextIsDroppedByTheNextLine() {
    var reading = Reading()
    reading.scanner.feed(Array("select 1; select 2;".utf8))
    #expect(reading.scanner.next(appendingTo: &reading.query, variables: NoVariables()) == .semicolon)
    reading.query.removeAll()
    reading.readLine("select 3;".utf8)
    #expect(reading.events == [.statement("select 3;")])
  }
}

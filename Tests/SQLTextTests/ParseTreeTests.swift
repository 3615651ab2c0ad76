import SQLText
import Testing

@Suite struct ParseTreeTests {
  @Test func trees() throws {
    let tree = try ParseTree.parse("select a from t where b = 1; delete from u")
    let statements = try #require(tree["stmts"]?.array)
    #expect(statements.count == 2)
    #expect(statements[0]["stmt"]?["SelectStmt"]?["fromClause"]?[0]?["RangeVar"]?["relname"]?.string == "t")
    #expect(statements[1]["stmt"]?["DeleteStmt"]?["relation"]?["relname"]?.string == "u")
    #expect(ParseTree.grammarVersion.hasPrefix("1"))
  }

  @Test func normalisedText() throws {
    #expect(
      try ParseTree.normalize("select * from t where a = 5 and b in ('x', 'y')")
        == "select * from t where a = $1 and b in ($2, $3)")
  }

  @Test func fingerprints() throws {
    let one = try ParseTree.fingerprint("select * from t where a = 5")
    #expect(one.count == 16)
    #expect(try ParseTree.fingerprint("SELECT *\nFROM t WHERE a = $1 -- c") == one)
    #expect(try ParseTree.fingerprint("select * from t where b = 5") != one)
  }

  @Test func statements() throws {
    #expect(try ParseTree.split(" select 'é;' ; select 2;\n") == ["select 'é;'", "select 2"])
    #expect(try ParseTree.split("") == [])
  }

  @Test func errorsHaveAPlace() {
    let error = ParseError(message: "syntax error at or near \"form\"", position: 10)
    #expect(throws: error) { try ParseTree.json("select * form t") }
    #expect(throws: error) { try ParseTree.normalize("select * form t") }
    #expect(throws: error) { try ParseTree.fingerprint("select * form t") }
    #expect(throws: error) { try ParseTree.split("select * form t") }
    #expect(throws: ParseError(message: "text contains a NUL byte", position: 9)) { try ParseTree.json("select 1\0 x") }
    #expect(throws: ParseError.self) { try ParseTree.json(String(repeating: " ", count: ParseTree.longestText + 1)) }
  }

  /// Text that nests by two bytes a level overflows an ordinary stack inside the library at 21,000 levels.
  @Test func deepTextIsParsedOrRefused() throws {
    let sum = "select 1" + String(repeating: "+1", count: 100_000)
    #expect(try ParseTree.json(sum).utf8.count > 10_000_000)
    #expect(try ParseTree.split(sum) == [sum])
    #expect(throws: ParseError.self) { try ParseTree.parse(sum) }
    #expect(throws: ParseError.self) { try ParseTree.json("select " + String(repeating: "(", count: 100_000)) }
    #expect(throws: ParseError.self) { try ParseTree.json("select " + String(repeating: "not ", count: 50_000)) }
  }
}

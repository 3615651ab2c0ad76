import Testing

@testable import Shell

/// `\h`, against what psql 15.20 printed.
struct HelpSQLTests {
  /// What was asked for; how many commands psql explained, in how many bytes; the first two of them.
  private static let asked: [(topic: String, count: Int, bytes: Int, first: [String])] = [
    ("abort", 1, 177, ["ABORT"]),
    ("alter", 42, 34369, ["ALTER AGGREGATE", "ALTER COLLATION"]),
    ("alter ta", 2, 5971, ["ALTER TABLE", "ALTER TABLESPACE"]),
    ("ALTER TABLE", 1, 5560, ["ALTER TABLE"]),
    ("alter table x", 2, 5971, ["ALTER TABLE", "ALTER TABLESPACE"]),
    ("alter foo", 42, 34369, ["ALTER AGGREGATE", "ALTER COLLATION"]),
    ("alter foo bar", 42, 34369, ["ALTER AGGREGATE", "ALTER COLLATION"]),
    ("alter table foo bar baz", 2, 5971, ["ALTER TABLE", "ALTER TABLESPACE"]),
    ("create user mapping", 1, 344, ["CREATE USER MAPPING"]),
    ("create user mapping for", 2, 1037, ["CREATE USER", "CREATE USER MAPPING"]),
    ("create user", 1, 693, ["CREATE USER"]),
    ("create user foo", 2, 1037, ["CREATE USER", "CREATE USER MAPPING"]),
    ("create table", 1, 4073, ["CREATE TABLE"]),
    ("create table as", 1, 510, ["CREATE TABLE AS"]),
    ("create table a", 1, 510, ["CREATE TABLE AS"]),
    ("create table a b", 3, 4911, ["CREATE TABLE", "CREATE TABLE AS"]),
    ("sele", 2, 3530, ["SELECT", "SELECT INTO"]),
    ("select", 1, 2621, ["SELECT"]),
    ("Select 1", 2, 3530, ["SELECT", "SELECT INTO"]),
    ("select into x", 1, 909, ["SELECT INTO"]),
    ("select;", 1, 2621, ["SELECT"]),
    ("select ; ; ", 1, 2621, ["SELECT"]),
    ("select\t", 1, 2621, ["SELECT"]),
    ("s", 11, 7022, ["SAVEPOINT", "SECURITY LABEL"]),
    ("se x", 8, 6314, ["SECURITY LABEL", "SELECT"]),
    ("x y z w", 0, 81, []),
    ("set", 1, 282, ["SET"]),
    ("set t", 1, 491, ["SET TRANSACTION"]),
    ("set session", 1, 362, ["SET SESSION AUTHORIZATION"]),
    ("set session x", 1, 362, ["SET SESSION AUTHORIZATION"]),
    ("with", 1, 2619, ["WITH"]),
    ("table", 1, 2620, ["TABLE"]),
    ("table x", 1, 2620, ["TABLE"]),
    ("begin;", 1, 358, ["BEGIN"]),
    ("  begin", 1, 358, ["BEGIN"]),
    ("create  table", 42, 25426, ["CREATE ACCESS METHOD", "CREATE AGGREGATE"]),
    ("create\ttable", 0, 86, []),
    ("create table*", 42, 25426, ["CREATE ACCESS METHOD", "CREATE AGGREGATE"]),
    ("alter *", 42, 34369, ["ALTER AGGREGATE", "ALTER COLLATION"]),
    ("a*", 0, 76, []),
    ("create text search dictionary", 1, 265, ["CREATE TEXT SEARCH DICTIONARY"]),
    (
      "create text search dictionary foo", 4, 1145,
      ["CREATE TEXT SEARCH CONFIGURATION", "CREATE TEXT SEARCH DICTIONARY"]
    ),
    ("create text x", 4, 1145, ["CREATE TEXT SEARCH CONFIGURATION", "CREATE TEXT SEARCH DICTIONARY"]),
    ("create foreign data wrapper x", 2, 1660, ["CREATE FOREIGN DATA WRAPPER", "CREATE FOREIGN TABLE"]),
    ("create foreign data", 1, 347, ["CREATE FOREIGN DATA WRAPPER"]),
    ("create foreign x", 2, 1660, ["CREATE FOREIGN DATA WRAPPER", "CREATE FOREIGN TABLE"]),
    ("'select'", 0, 82, []),
    ("\"select\"", 0, 82, []),
    (":x", 0, 76, []),
    ("select \\d", 2, 3530, ["SELECT", "SELECT INTO"]),
    ("éé", 0, 78, []),
    ("drop operator class x y", 3, 683, ["DROP OPERATOR", "DROP OPERATOR CLASS"]),
    ("end", 1, 172, ["END"]),
    ("en", 1, 172, ["END"]),
    ("*", 185, 103599, ["ABORT", "ALTER AGGREGATE"]),
    ("*;", 185, 103599, ["ABORT", "ALTER AGGREGATE"]),
    ("**", 0, 76, []),
    ("* x", 0, 77, []),
    ("alter default privileges for", 1, 2060, ["ALTER DEFAULT PRIVILEGES"]),
    ("-", 0, 75, []),
    ("select*", 0, 81, []),
    ("values (1)", 1, 359, ["VALUES"]),
    ("do $$", 1, 154, ["DO"]),
  ]

  @Test(arguments: asked.indices)
  func explainsWhatPsqlExplains(index: Int) {
    let (topic, count, bytes, first) = Self.asked[index]
    let text = SQLHelp.text(topic: topic)
    let names = text.split(separator: "\n").filter { $0.hasPrefix("Command:     ") }.map { String($0.dropFirst(13)) }
    #expect(names.count == count)
    #expect(Array(names.prefix(2)) == first)
    #expect(text.utf8.count == bytes)
  }

  @Test func unknownWordsAreQuotedWithoutTheBlanksAround() {
    #expect(
      SQLHelp.text(topic: " such thing; ") == """
        No help available for "such thing".
        Try \\h with no arguments to see available help.

        """)
  }

  @Test func oneCommandIsExplainedToTheByte() {
    #expect(
      SQLHelp.text(topic: "begin") == """
        Command:     BEGIN
        Description: start a transaction block
        Syntax:
        BEGIN [ WORK | TRANSACTION ] [ transaction_mode [, ...] ]

        where transaction_mode is one of:

            ISOLATION LEVEL { SERIALIZABLE | REPEATABLE READ | READ COMMITTED | READ UNCOMMITTED }
            READ WRITE | READ ONLY
            [ NOT ] DEFERRABLE

        URL: https://www.postgresql.org/docs/15/sql-begin.html


        """)
  }

  /// The width of the terminal; the lines psql printed, and their FNV-1a hash. (From 1000 columns on psql reads past
  /// its own table.)
  private static let lists: [(width: Int, lines: Int, hash: UInt64)] = [
    (0, 186, 0x77b3dd925af0ac5f),
    (20, 186, 0x77b3dd925af0ac5f),
    (68, 186, 0x77b3dd925af0ac5f),
    (69, 94, 0x3569c089f776aadd),
    (80, 94, 0x3569c089f776aadd),
    (101, 94, 0x3569c089f776aadd),
    (102, 63, 0x06f4876c5fbda8fd),
    (134, 63, 0x06f4876c5fbda8fd),
    (135, 48, 0xf7c2e56442548251),
    (200, 38, 0x1f100f00395a559b),
    (400, 17, 0x3dc5a2bbe99724a1),
    (800, 9, 0x2315bdc60ad7c97d),
  ]

  @Test(arguments: lists.indices)
  func listsTheCommandsInColumns(index: Int) {
    let (width, lines, hash) = Self.lists[index]
    let text = SQLHelp.text(topic: " ;", width: width)
    #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == lines)
    #expect(text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } == hash)
  }

  @Test func everyTopicExplainsItself() {
    #expect(SQLHelp.topics.count == 185)
    #expect(SQLHelp.topics == SQLHelp.topics.sorted())
    for topic in SQLHelp.topics {
      let text = SQLHelp.text(topic: topic.lowercased())
      #expect(text.hasPrefix("Command:     \(topic)\nDescription: "))
      #expect(text.hasSuffix(".html\n\n"))
      #expect(text.contains("\n\nURL: https://www.postgresql.org/docs/15/sql-"))
    }
  }
}

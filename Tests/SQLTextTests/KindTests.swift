import SQLText
import Testing

/// AUTOCOMMIT off and FETCH_COUNT: whether psql 15.20 sent BEGIN, or declared a cursor.
@Suite struct KindTests {
  @Test(arguments: [
    "abort", "begin", "start transaction", "start foo", "commit", "commit prepared 'x'", "end", "rollback",
    "prepare transaction 'x'", "vacuum", "vacuum full", "/* a /* b */ c */ vacuum", "cluster", "cluster (verbose)",
    "cluster \"x\"", "cluster -- x", "create database x", "CREATE TABLESPACE x", "create index concurrently on x(a)",
    "create unique index concurrently i on x(a)", "create index /* c */ concurrently", "drop database x",
    "drop tablespace x", "drop system x", "drop index concurrently x", "drop table concurrently", "reindex database x",
    "reindex system x", "reindex tablespace x", "reindex table concurrently x", "reindex index concurrently x",
    "reindex database concurrently x", "alter system set x = 1", "discard all", "DISCARD ALL", "create database_x",
    "vacuum1", "vacuum_", "vacuumé", "begin;select 1", "create \u{0B}\u{0C}\n database", "--c\nvacuum",
  ])
  func noBegin(_ text: String) {
    #expect(StatementKind(Array(text.utf8)).needsNoTransaction)
  }

  @Test(arguments: [
    "select 1", "savepoint a", "release a", "prepare x as select 1", "prepare", "vacuumx", "cluster x",
    "cluster verbose", "create table x()", "create unique concurrently", "create unique", "create index on x",
    "drop index x", "reindex table x", "reindex schema x", "reindex schema concurrently x",
    "reindex (verbose) database x", "reindex (concurrently) table x", "alter database x set tablespace y", "alter",
    "discard temp", "discard", "create subscription s", "(select 1)", ";", ";vacuum", "explain vacuum",
    "create_database", "\"vacuum\"", "create or replace database x", "create global database x",
    "drop index if exists concurrently", "refresh materialized view concurrently x", "reindex index", "", "/* vacuum",
    "alter table x detach partition y concurrently",
  ])
  func begin(_ text: String) {
    #expect(!StatementKind(Array(text.utf8)).needsNoTransaction)
  }

  @Test func select() {
    for text in [
      "select 1", "SELECT 1", "values (1)", "(select 1)", "( /* c */ (values (1)))", "/* x */ select 1", "select(1)",
      "select", "select1", "select_",
    ] {
      #expect(StatementKind(Array(text.utf8)).isSelect, "\(text)")
    }
    for text in ["with x as (select 1) select 1", "-- a", "table pg_class", "selectx", "(()select", "\"select\"", ""] {
      #expect(!StatementKind(Array(text.utf8)).isSelect, "\(text)")
    }
  }

  @Test func keywords() {
    #expect(firstKeywords(of: Array("-- x\n create /* y */ unique index i".utf8)) == ["CREATE", "UNIQUE", "INDEX"])
    #expect(firstKeywords(of: Array("drop table \"x\" cascade".utf8)) == ["DROP", "TABLE"])
    #expect(firstKeywords(of: Array("(select".utf8)) == [])
    #expect(firstKeywords(of: Array("a b c".utf8), atMost: 1) == ["A"])
  }
}

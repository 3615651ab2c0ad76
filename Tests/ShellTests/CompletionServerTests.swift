import Postgres
import Sandbox
import Testing

@testable import Shell

/// Completion with names from a real server's catalogs.
struct CompletionServerTests {
  /// Asks the tests' server directly, and keeps what went wrong.
  private final class Server: CompletionContext {
    private let connection: Connection
    private(set) var failures: [String] = []

    init(_ name: String) throws {
      let parameters = try SharedCluster.empty().freshDatabase(named: name)
      connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
      try connection.execute(
        """
        CREATE TABLE tab1 (c1 int PRIMARY KEY, c2 text, "Mixed Col" int);
        CREATE TABLE mytab123 (f1 int, f2 text); CREATE TABLE mytab246 (f1 int REFERENCES tab1, f3 text);
        CREATE TABLE "mixedName" (f1 int);
        CREATE SCHEMA other; CREATE TABLE other.deep (d1 int); CREATE VIEW other.seen AS SELECT 1 AS one;
        CREATE TYPE enum1 AS ENUM ('foo', 'bar', 'baz', 'BLACK');
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql RETURN n * 2;
        CREATE PROCEDURE proceed() LANGUAGE sql AS 'SELECT 1';
        CREATE INDEX tab1_c2 ON tab1 (c2);
        CREATE DOMAIN positive AS int CONSTRAINT above_zero CHECK (VALUE > 0);
        CREATE TABLE parted (k int) PARTITION BY LIST (k); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
        CREATE MATERIALIZED VIEW mat AS SELECT 1; CREATE SEQUENCE counting;
        """)
    }

    func query(_ sql: String, _ parameters: [String]) -> [String] {
      do {
        let result = try connection.query(sql, parameters)
        return (0..<result.rowCount).compactMap { result.string(row: $0, column: 0) }
      } catch {
        failures.append("\(error)\n\(sql)")
        return []
      }
    }

    var variables: [String] { [] }
    func values(ofVariable name: String) -> [String] { [] }
    let keywordCase = Settings.KeywordCase.preserveUpper
    var commands: [Help] { Shell.commands.map(\.help) }
    var sqlTopics: [String] { [] }
    var entries: [String] { [] }
    var environment: [String] { [] }
    var printSettings: [String] { [] }
    func values(ofPrintSetting name: String) -> [String] { [] }
  }

  @Test("Names that the statement asks for")
  func names() throws {
    let server = try Server("tab_names")
    let expected: [(text: String, candidates: [String])] = [
      ("select * from t", ["tab1"]),
      ("select * from TAB", ["tab1"]),
      ("select * from my", ["mytab123", "mytab246"]),
      ("select * from \"my", ["\"mytab123\"", "\"mytab246\""]),
      ("select * from \"mi", ["\"mixedName\""]),
      ("select * from mix", ["\"mixedName\""]),
      ("select * from pub", ["public."]),
      ("select * from PUBLIC.t", ["public.tab1"]),
      ("select * from other.", ["other.deep", "other.seen"]),
      ("select * from oth", ["other."]),
      ("select * from pg_catalog.pg_locks", ["pg_catalog.pg_locks"]),
      ("select * from pg_lock", ["pg_locks"]),
      ("alter table tab1 drop constraint ", ["tab1_pkey"]),
      ("alter table public.\"tab1\" drop constraint ", ["tab1_pkey"]),
      ("comment on constraint tab1_pkey \n on public.", ["public.tab1"]),
      ("drop type big", ["bigint"]),
      ("alter type enum1 rename value 'ba", ["'bar'", "'baz'"]),
      ("alter type enum1 rename value 'B", ["'BLACK'"]),
      ("set interval", ["intervalstyle"]),
      ("set IntervalStyle to iso", ["iso_8601"]),
      ("set enable_seqscan = tr", ["true"]),
      ("SET timezone TO 'america/new_y", ["'America/New_York'"]),
      ("insert into mytab246 (f1, f", ["f1", "f3"]),
      ("update tab1 set c", ["c1", "c2"]),
      ("update tab1 set mixed", []),
      ("update tab1 set \"Mi", ["\"Mixed Col\""]),
      ("create index concurrently on tab1 (c", ["c1", "c2"]),
      ("create index i on only other.deep using btree (d", ["d1"]),
      ("cluster tab1 using ", ["tab1_c2", "tab1_pkey"]),
      ("drop function tw", ["twice"]),
      ("drop function twice ( ", ["n integer)"]),
      ("call pro", ["proceed"]),
      ("alter domain positive drop constraint ", ["above_zero"]),
      ("alter table parted detach partition ", ["parted_1"]),
      ("refresh materialized view m", ["mat"]),
      ("alter sequence co", ["counting"]),
      ("create table x (a enu", ["enum1"]),
      ("select cast(1 as positiv", ["positive"]),
      ("grant select on tab1 to pg_read_all_d", ["pg_read_all_data"]),
      ("comment on column tab1.c", ["tab1.c1", "tab1.c2"]),
      ("\\d tab", ["tab1"]),
      ("\\dn oth", ["other"]),
      ("\\df twi", ["twice"]),
      ("\\c tab_nam", ["tab_names"]),
      ("copy mytab123 (f", ["f1", "f2"]),
      ("vacuum (verbose) tab1 (c", ["c1", "c2"]),
    ]
    let completer = Completer(context: server)
    for (text, candidates) in expected {
      #expect(completer.complete(text)?.candidates.map(\.text) ?? [] == candidates, "\(text)")
    }
    #expect(server.failures == [])
  }

  @Test("Columns by the tables that the statement names, before and behind the cursor")
  func columns() throws {
    let server = try Server("tab_columns")
    let completer = Completer(context: server)
    func columns(_ before: String, _ after: String = "") -> [String] {
      completer.complete(before, after: after)?.candidates.map(\.text) ?? []
    }
    #expect(columns("select c", " from tab1").filter { $0.hasPrefix("c") && $0.count == 2 } == ["c1", "c2"])
    #expect(columns("select a.", " from tab1 a") == ["\"Mixed Col\"", "c1", "c2"].map { "a." + $0 })
    #expect(columns("select * from tab1 a join mytab246 b on b.f1 = a.c") == ["a.c1", "a.c2"])
    #expect(columns("select * from other.deep where deep.") == ["deep.d1"])
    #expect(columns("select * from tab1 where c2 = 'x' order by c").prefix(2) == ["c1", "c2"])
    #expect(columns("delete from mytab246 where f").prefix(2) == ["f1", "f3"])
    #expect(server.failures == [])
  }

  @Test("Every kind of name can be asked for, with and without a schema", arguments: NameKind.allCases)
  func kinds(kind: NameKind) throws {
    let parameters = try SharedCluster.empty().database(named: "tab_kinds")
    let connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    if let names = CatalogNames.names(of: kind) {
      let extra = names.dependent.isEmpty ? [] : ["x"]
      _ = try connection.query(names.unqualified, ["%"] + extra)
      if let qualified = names.qualified { _ = try connection.query(qualified, ["%", "public"] + extra) }
    }
    if let query = DependentNames.query(for: kind) {
      _ = try connection.query(query, ["%", "x", ""])
      _ = try connection.query(query, ["%", "x", "public"])
    }
    for query in [DependentNames.settings, DependentNames.timezones, DependentNames.encodings, DependentNames.channels]
    {
      #expect(try connection.query(query, ["%"]).rowCount >= 0)
    }
  }
}

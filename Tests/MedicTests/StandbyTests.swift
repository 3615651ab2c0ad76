import Postgres
import Sandbox
import Testing

@testable import Medic

/// A primary with a standby: each is asked what it can know, and says what it can't.
@Suite(.serialized) struct StandbyTests {
  /// Both servers, with a table whose one index only the standby reads.
  private final class Pair: Sendable {
    let primary: Cluster
    let standby: Cluster

    init() throws {
      primary = try Cluster.start(ClusterOptions(.empty, prefix: "pgmedic-primary"))
      standby = try Cluster.standby(of: primary, prefix: "pgmedic-standby")
      let connection = try Pair.connect(to: primary)
      try Scratch.run(
        """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, x int, y int);
        INSERT INTO b SELECT i, NULL, i, i FROM generate_series(1, 20000) i;
        CREATE INDEX b_x ON b (x);
        CREATE INDEX b_y ON b (y);
        DELETE FROM b WHERE id % 2 = 0;
        VACUUM ANALYZE b;
        CREATE UNLOGGED TABLE u AS SELECT i FROM generate_series(1, 20000) i;
        """, on: connection)
      let copy = try Pair.connect(to: standby)
      for _ in 0..<500 {
        if try copy.rows("SELECT to_regclass('u') AS t").first?["t"] != nil { break }
        try copy.execute("SELECT pg_sleep(0.02)")
      }
      try copy.execute("SET enable_seqscan = off; SELECT id FROM b WHERE x = 5")
      try Scratch.flushStatistics(of: copy)
    }

    static func connect(to cluster: borrowing Cluster) throws -> Connection {
      try Connection.open(cluster.connectionParameters(database: "postgres").map { (keyword: $0.0, value: $0.1) })
    }
  }

  private static let pair = Swift.Result { try Pair() }

  @Test func theStandbyNeverCallsAnIndexUnused() throws {
    let pair = try Self.pair.get()
    let report = try UnusedIndexes.look(try Pair.connect(to: pair.standby))
    #expect(report.isStandby)
    #expect(report.findings.isEmpty)
    #expect(
      report.notAssessed.map { $0.reason } == [
        "a standby alone can't tell: ask the primary, and name this server in replicas="
      ])
  }

  @Test func scansOfANamedReplicaCount() throws {
    let pair = try Self.pair.get()
    let primary = try Pair.connect(to: pair.primary)
    let alone = try UnusedIndexes.look(primary)
    #expect(Set(alone.findings.map { $0.object.name }) == ["b_x", "b_y"])
    #expect(alone.findings.allSatisfy { $0.confidence == .low })
    #expect(
      alone.notes == ["1 standby may use indexes that look unused here: name them in replicas="])
    let replica = "host=\(pair.standby.socketDirectory) port=\(pair.standby.port) password=secret"
    let together = try UnusedIndexes.look(primary, [("replicas", replica)])
    #expect(together.findings.map { $0.object.name } == ["b_y"])
    let gone = try UnusedIndexes.look(primary, [("replicas", replica + ";host=/nowhere password=secret")])
    #expect(gone.findings.isEmpty)
    #expect(gone.notAssessed.first?.reason.hasPrefix("replica \"host=/nowhere\": ") == true)
  }

  @Test func theOthersSayWhatIsMissing() throws {
    let pair = try Self.pair.get()
    let standby = try Pair.connect(to: pair.standby)
    let keys = try ForeignKeyCheck.look(standby)
    #expect(keys.findings.map { $0.object.name } == ["b_a_fkey"])
    #expect(keys.findings.first?["parent_deletes"] == nil)
    #expect(
      keys.notAssessed.map { $0.reason } == [
        "parent deletes are counted on the primary only: findings are not weighted here"
      ])
    let bloat = try BloatCheck.look(standby)
    #expect(bloat.findings.first?.object.name == "b")
    #expect(bloat.notAssessed.map { $0.line } == ["bloat-table public.u: unlogged: not there on a standby"])
    #expect(try ConnectionSlots.look(standby).notAssessed == [])
    #expect(try LockWaits.look(standby).notAssessed == [])
    let now = try Now.look(standby)
    #expect(now.notAssessed == [])
    #expect(now.findings.contains { $0.rule == "node-read-only" })
    #expect(now.summary.contains("streams, "))
    #expect(try RedundantIndexes.look(standby).notAssessed == [])
  }

  /// What the primary finds of its tables the standby finds, too, or says that it can't tell.
  @Test func nothingIsSilentlyFineOnTheStandby() throws {
    let pair = try Self.pair.get()
    let primary = try Pair.connect(to: pair.primary)
    let standby = try Pair.connect(to: pair.standby)
    for examination in Examinations.all {
      let here = Planted.Answer(try examination.look(standby))
      #expect(here.report.isStandby)
      #expect(!here.report.scope.isEmpty && !here.report.summary.isEmpty)
      #expect(standby.transactionStatus == .idle)
      guard examination.manual.argument == .pattern else { continue }
      #expect(here.silent(on: Planted.Answer(try examination.look(primary))) == [], "\(examination.name)")
    }
  }
}

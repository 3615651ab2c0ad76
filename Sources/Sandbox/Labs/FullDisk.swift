/// A volume that a session's temporary files have filled: no table on it can grow.
struct FullDisk: Lab {
  let id = "disk-full"
  let title = "Inserts fail: no space left on the device"
  let situation = """
    "orders" lies in a tablespace on a volume of its own, and so does "payments". Since a while inserts into "orders" \
    fail with "could not extend file …: No space left on device". Yesterday a third of the volume was free.

    Nobody can give you a larger volume today. Also on it is "orders_2019", which nothing reads any more; it has been \
    archived elsewhere. Orders and payments are all needed.

    Make room, so that "orders" can take rows again.
    """
  let hints = [
    "Tables that grew by a third in a day? \\sizes says no. What else writes files: WAL, logs, and queries that don't "
      + "fit into memory.",
    "pg_ls_tmpdir(oid) lists a tablespace's temporary files; a file pgsql_tmpNNN.0 belongs to the session with pid NNN. "
      + "SHOW temp_tablespaces as that session's role.",
    "End the session that spills (pg_terminate_backend): its files go at once. Dropping orders_2019 makes room, too; "
      + "DELETE would not.",
  ]
  let ripeAfter = 11
  static let tablespace = "lab_volume"
  private let megabytes = 16

  private func orders(_ scene: Scene) -> Int { scene.figure("orders", in: 9000...11000) }
  private let payments = 4000

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    let volume = try Volume(megabytes: megabytes, on: cluster)
    scene.volume = volume
    try scene.makeRoles("lab_analyst", "lab_shop", "lab_billing")
    let server = try scene.link()
    try server.run("CREATE TABLESPACE \(Self.tablespace) LOCATION '\(volume.path)'")
    try server.run(
      """
      GRANT CREATE ON TABLESPACE \(Self.tablespace) TO PUBLIC;
      ALTER ROLE lab_analyst SET temp_tablespaces = '\(Self.tablespace)';
      ALTER ROLE lab_analyst SET work_mem = '1MB';
      CREATE TABLE orders (id bigint PRIMARY KEY USING INDEX TABLESPACE pg_default, body text NOT NULL)
        WITH (autovacuum_enabled = off) TABLESPACE \(Self.tablespace);
      INSERT INTO orders SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, \(orders(scene))) i;
      CREATE TABLE payments (id bigint PRIMARY KEY USING INDEX TABLESPACE pg_default, body text NOT NULL)
        WITH (autovacuum_enabled = off) TABLESPACE \(Self.tablespace);
      INSERT INTO payments SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, \(payments)) i;
      CREATE TABLE invoices (id int);
      CREATE TABLE orders_2019 TABLESPACE \(Self.tablespace) AS
      SELECT i AS id, repeat(md5(i::text), 8) AS body FROM generate_series(1, 9000) i
      """)
    let innocent = try scene.enter("billing", as: "lab_billing")
    try innocent.run("BEGIN; INSERT INTO invoices SELECT generate_series(1, 100)")
    let eater = try scene.enter("quarterly-report", as: "lab_analyst")
    try eater.run(
      """
      BEGIN;
      DECLARE report CURSOR FOR
        SELECT md5(i::text) AS key, repeat('x', 200) FROM generate_series(1, 20000) i ORDER BY key;
      FETCH 10 FROM report
      """)
    // what the failing insert had lengthened stays, so that the volume really is full now
    try scene.enter("shop", as: "lab_shop").fails(
      "INSERT INTO orders SELECT 1000000 + i, repeat(md5(i::text), 8) FROM generate_series(1, 60000) i", with: "53100")
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    for (table, count) in [("orders", orders(scene)), ("payments", payments)] {
      guard try server.says("to_regclass('\(table)') IS NOT NULL") else {
        verdict.keeps(false, "the table \(table) is gone")
        continue
      }
      let gone = try count - server.count("SELECT count(*) FROM \(table) WHERE id <= \(count)")
      verdict.keeps(gone <= 0, "\(gone) rows of \(table) are gone")
    }
    if let billing = scene.players.first(where: { $0.name == "billing" }) {
      verdict.keeps(
        try billing.state(server) == "idle in transaction", "billing's transaction is gone: it held no room")
    }
    guard verdict.lost.isEmpty else { return verdict }
    // a table that is given up again takes its files with it, whereas rows that are taken back leave theirs
    let probe = try scene.link()
    try probe.run("BEGIN")
    let failure = try probe.failure(
      of: """
        CREATE TABLE lab_probe TABLESPACE \(Self.tablespace) AS
        SELECT repeat(md5(i::text), 8) AS body FROM generate_series(1, 4000) i
        """)
    try probe.run("ROLLBACK")
    verdict.wants(failure != "53100", "the volume has less than 1 MB left: orders can't grow")
    return verdict
  }
}

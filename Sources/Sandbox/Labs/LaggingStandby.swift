#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A standby whose replay somebody has paused, and a batch on the primary that it has yet to replay.
struct LaggingStandby: Lab {
  let id = "replication-lag"
  let title = "The replica answers with old rows"
  let situation = """
    Last night a batch filled "readings" on the primary. The dashboards read from the standby, and still show \
    yesterday. A colleague took a backup from the standby in the evening. The dashboard's session on the standby has to \
    stay connected, and the standby has to stay one: it is all that there is if the primary fails.

    You are on the primary. \\c :LAB_STANDBY goes to the standby, \\c :LAB_PRIMARY back.

    Get the standby up to date.
    """
  let hints = [
    "pg_stat_replication on the primary: is the WAL not sent, not flushed, or not replayed?",
    "Not replayed. On the standby: pg_stat_activity shows what the startup process waits for.",
    "Replay was paused for the backup and never resumed. On the standby: SELECT pg_wal_replay_resume().",
  ]
  static let slot = "lab_standby"

  private func readings(_ scene: Scene) -> Int { scene.figure("readings", in: 150_000...170_000) }

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    try scene.makeRoles("lab_dashboard")
    let server = try scene.link()
    try server.run("CREATE TABLE readings (id bigint PRIMARY KEY, value text NOT NULL) WITH (autovacuum_enabled = off)")
    let standby = Standby(try Cluster.standby(of: cluster, slot: Self.slot, prefix: "pgmedic-standby"))
    scene.standby = standby
    try scene.wait(for: "the standby streams", "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
    let copy = try Link(socketDirectory: standby.cluster.socketDirectory, database: Scene.database)
    try scene.enter("dashboard", as: "lab_dashboard", on: standby.cluster.socketDirectory)
      .run("SELECT count(*) FROM readings")
    try copy.run("SELECT pg_wal_replay_pause()")
    try server.run(
      """
      INSERT INTO readings SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, \(readings(scene))) i
      """)
    try scene.wait(
      for: "the standby has received the batch",
      """
      SELECT bool_and(flush_lsn >= pg_current_wal_flush_lsn()
        AND pg_wal_lsn_diff(flush_lsn, replay_lsn) > 20 * 1024 * 1024) FROM pg_stat_replication
      """)
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    guard let standby = scene.standby else { return verdict }
    let gone = try readings(scene) - server.count("SELECT count(*) FROM readings")
    verdict.keeps(gone <= 0, "\(gone) readings are gone")
    let copy: Link
    do {
      copy = try Link(socketDirectory: standby.cluster.socketDirectory, database: Scene.database)
    } catch {
      verdict.keeps(false, "the standby can't be reached any more: \(error)")
      return verdict
    }
    guard try copy.says("pg_is_in_recovery()") else {
      verdict.keeps(false, "the standby has been promoted: there is none any more")
      return verdict
    }
    verdict.keeps(
      try server.says("EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '\(Self.slot)' AND active)"),
      "the standby no longer follows: its slot is gone or idle")
    if let dashboard = scene.players.first {
      verdict.keeps(try dashboard.state(copy) != nil, "the dashboard's session on the standby was ended")
    }
    let isHeld = try copy.says(
      "pg_is_wal_replay_paused() OR current_setting('recovery_min_apply_delay')::interval > interval '0'")
    let target = try server.run("SELECT pg_current_wal_flush_lsn()").first ?? "0/0"
    var behind = 0
    // what isn't held back gets the time to catch up
    for _ in 0..<(isHeld ? 1 : 1000) {
      behind = try copy.count("SELECT greatest(pg_wal_lsn_diff('\(target)', pg_last_wal_replay_lsn()), 0)::bigint")
      if behind == 0 { break }
      usleep(10_000)
    }
    verdict.wants(
      behind == 0,
      "the standby has \(behind >> 20) MB of WAL to replay" + (isHeld ? ", and its replay is held back" : ""))
    verdict.wants(behind > 0 || !isHeld, "replay on the standby is held back: the next batch will wait again")
    return verdict
  }
}

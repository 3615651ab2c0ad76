/// A pool that leaks: its idle sessions hold every slot that ordinary roles may have.
struct UsedUpSlots: Lab {
  let id = "connection-exhaustion"
  let title = "Nobody can log in: all connection slots are taken"
  let situation = """
    The application "lab_web" reports "remaining connection slots are reserved …" on every page that wants a new \
    connection. It runs on one host, with a pool that was doubled last week. You are in, since you are a superuser.

    The checkout (lab_checkout) has its connections and orders under way in open transactions; the reports of lab_web \
    are in the middle of their work. Both must go on. Afterwards lab_web must be able to connect again.

    Get more than five slots free for ordinary roles, without a restart.
    """
  let hints = [
    "\\conns shows whose the slots are, and in which state.",
    "One role holds nearly all, most of it idle. Idle is not idle in transaction, and not active.",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lab_web' AND state = 'idle'. Then a limit "
      + "for the role, until its pool is mended: ALTER ROLE lab_web CONNECTION LIMIT 20.",
  ]
  let ripeAfter = 1

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    try scene.makeRoles("lab_web", "lab_checkout")
    try scene.link().run("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total int NOT NULL)")
    for number in 1...3 {
      try scene.enter("checkout-\(number)", as: "lab_checkout").run(
        "BEGIN; INSERT INTO orders (total) VALUES (\(scene.figure("order \(number)", in: 5...500)))")
    }
    for number in 1...scene.figure("reports", in: 2...4) {
      try scene.enter("report-\(number)", as: "lab_web").send("SELECT pg_sleep(36000)")
    }
    while true {
      do {
        try scene.enter("pool", as: "lab_web").run("SELECT 1")
      } catch {
        // refused: that was the last one
        break
      }
      if scene.players.count > 1000 {
        throw .cannotMake(path: "incident", reason: "the server has too many connection slots to fill them")
      }
    }
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    for player in scene.players where player.name != "pool" {
      let wanted = player.role == "lab_checkout" ? "idle in transaction" : "active"
      verdict.keeps(try player.state(server) == wanted, "\(player.name)'s work was ended: it was no idle session")
    }
    // this session of ours takes one, too
    let free = try server.count(
      """
      SELECT 1 + current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) - count(*)
      FROM pg_stat_activity WHERE backend_type = 'client backend'
      """)
    verdict.wants(free > 5, "\(max(0, free)) connection slots are free for ordinary roles")
    guard free > 0 else { return verdict }
    do {
      _ = try Link(socketDirectory: scene.socketDirectory, database: Scene.database, user: "lab_web")
    } catch {
      verdict.keeps(false, "lab_web can't connect any more: \(error)")
    }
    return verdict
  }
}

import Postgres

/// What has been read of the moment, part by part (nil: not read), and what is made of it.
struct Screen {
  let server: Server
  let userPID: Int?

  var locks: [LockRow]?
  var prepared: [PreparedTransaction]?
  var sessions: [SessionRow]?
  var slots: (limits: ConnectionLimits, own: [OwnLimit])?
  var standbys: SynchronousStandbys?
  var node: NodeFacts?
  var senders: [WALSender]?
  var receiver: WALReceiver?
  var replicationSlots: [ReplicationSlotFacts]?
  var archiver: ArchiverFacts?
  var databases: [DatabaseAge]?
  var operations: [RunningOperation]?
  var walDirectory: WALDirectory?

  /// What is wrong.
  var findings: [Finding] = []
  /// What has been looked at and is as it should be, in a few words each.
  var fine: [String] = []
  /// What this role may not see.
  var hidden: [NotAssessed] = []

  init(_ server: Server, userPID: Int?) {
    self.server = server
    self.userPID = userPID
  }

  mutating func judge() {
    judgeSessions()
    judgeSlots()
    judgeNode()
    judgeReplication()
    judgeAges()
    judgeOperations()
  }
}

/// One reading: short, alone in failing.
struct Part: Sendable {
  /// What stays unjudged when it fails.
  let card: Card
  let title: String
  let read: @Sendable (borrowing Connection, inout Screen) throws(PostgresError) -> Void

  /// Locks before sessions, so that whoever has a lock is known.
  static let all: [Part] = [
    Part(card: LockWaits.root, title: "locks") { (connection, screen) throws(PostgresError) in
      guard let text = LockRow.queries.text(for: screen.server.major) else { throw .usage("needs a server from 13 on") }
      screen.locks = try connection.rows(text).compactMap { LockRow($0) }
    },
    Part(card: Now.waits, title: "sessions") { (connection, screen) throws(PostgresError) in
      screen.sessions = try connection.rows(SessionRow.query.text).map { SessionRow($0) }
    },
    Part(card: ReplicationCheck.prepared, title: "prepared transactions") {
      (connection, screen) throws(PostgresError) in
      screen.prepared = try connection.rows(PreparedTransaction.query.text).map { PreparedTransaction($0) }
    },
    Part(card: ConnectionSlots.few, title: "connection slots") { (connection, screen) throws(PostgresError) in
      guard let limits = try connection.rows(ConnectionLimits.query.text).first else { return }
      let own = try connection.rows(OwnLimit.query.text).map { OwnLimit($0) }
      screen.slots = (ConnectionLimits(limits), own)
    },
    Part(card: LockWaits.hungCommit, title: "synchronous standbys") { (connection, screen) throws(PostgresError) in
      screen.standbys = try connection.rows(SynchronousStandbys.query.text).first.map { SynchronousStandbys($0) }
    },
    Part(card: Now.readOnly, title: "node") { (connection, screen) throws(PostgresError) in
      screen.node = try connection.rows(NodeFacts.query.text).first.map { NodeFacts($0) }
    },
    Part(card: Now.lag, title: "replication") { (connection, screen) throws(PostgresError) in
      if screen.server.isStandby {
        screen.receiver = try connection.rows(WALReceiver.query.text).first.map { WALReceiver($0) }
      }
      screen.senders = try connection.rows(WALSender.query.text).map { WALSender($0) }
    },
    Part(card: Now.slot, title: "replication slots") { (connection, screen) throws(PostgresError) in
      screen.replicationSlots = try connection.rows(ReplicationSlotFacts.query.text).map { ReplicationSlotFacts($0) }
    },
    Part(card: ReplicationCheck.archiver, title: "archiver") { (connection, screen) throws(PostgresError) in
      screen.archiver = try connection.rows(ArchiverFacts.query.text).first.map { ArchiverFacts($0) }
    },
    Part(card: Now.wraparound, title: "wraparound") { (connection, screen) throws(PostgresError) in
      screen.databases = try connection.rows(DatabaseAge.query.text).map { DatabaseAge($0) }
    },
    Part(card: Now.operation, title: "progress") { (connection, screen) throws(PostgresError) in
      guard let text = RunningOperation.queries.text(for: screen.server.major) else { return }
      screen.operations = try connection.rows(text).map { RunningOperation($0) }
    },
    Part(card: Now.wal, title: "pg_wal") { (connection, screen) throws(PostgresError) in
      guard try connection.rows(WALDirectory.right.text).first?.flag("may_list") ?? false else { return }
      screen.walDirectory = try connection.rows(WALDirectory.query.text).first.map { WALDirectory($0) }
    },
  ]
}

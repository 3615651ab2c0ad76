/// Words that mean the same to the people who ask: each finds what any of its group finds.
enum Synonyms {
  /// Groups; a member may be several words.
  static let groups: [[String]] = [
    ["replica", "standby", "follower", "slave", "secondary", "read replica", "hot standby"],
    ["primary", "master", "leader"],
    ["foreign key", "fk", "fkey", "reference", "references"],
    ["primary key", "pk", "pkey"],
    ["connection", "connections", "clients", "client", "conn", "conns", "backends"],
    ["pool", "pooler", "pgbouncer", "pooling"],
    ["index", "indexes", "indices", "idx"],
    ["slow", "slower", "slowly", "sluggish", "regression", "performance"],
    ["disk", "space", "volume", "storage", "enospc"],
    ["full", "exhausted", "filled"],
    ["lag", "lagging", "behind", "delay", "delayed"],
    ["without downtime", "zero downtime", "online", "without locking", "without blocking", "concurrently"],
    ["blocked", "blocking", "blocker", "locked", "stuck", "hangs", "hanging", "hang"],
    ["unique", "duplicate", "duplicates"],
    ["unused", "useless", "unneeded"],
    ["redundant", "duplicate index"],
    ["bloat", "bloated", "dead tuples", "dead rows"],
    ["json", "jsonb"],
    ["partition", "partitions", "partitioning", "partitioned", "sharding"],
    ["migration", "migrate", "migrations", "deploy"],
    ["permission", "privilege", "privileges", "grant", "access denied"],
    ["deadlock", "dead lock", "deadlocks"],
    ["timeout", "time out", "timed out", "timeouts"],
    ["drop", "remove", "delete"],
    ["add", "create", "new"],
    ["cancel", "canceled", "cancelled", "canceling", "killed"],
    ["sequence", "serial", "identity", "autoincrement", "nextval"],
    ["null", "nulls", "nullable"],
    ["multicolumn", "composite", "compound", "multi column"],
    ["conditional", "partial", "filtered"],
    ["rollback", "undo", "revert"],
    ["vacuum", "autovacuum"],
  ]

  /// The other members of the groups that hold a word.
  static func of(_ word: String) -> [String] {
    groups.filter { $0.contains(word) }.flatMap { $0 }.filter { $0 != word }
  }
}

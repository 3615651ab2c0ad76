import Medic

extension ExamineCommand {
  static let foreignKeys = ExamineCommand(
    ForeignKeyCheck.self, summary: "find foreign keys that no index serves, or serves badly",
    details: """
      Deleting or changing a row of the referenced table reads the whole referencing table when no index serves the
      key. Reports missing and weak indexes, keys whose types stop an index from being used, and duplicate keys.
      Partitioned tables are judged partition by partition and reported once.

      Example: \\fkcheck (explain=on) billing.*
      """)

  static let unused = ExamineCommand(
    UnusedIndexes.self, summary: "find indexes that nothing uses, over the time of the statistics",
    details: """
      Never named: unique, primary and exclusion indexes, replica identities, clustered ones, and the only index that
      serves a foreign key. A partitioned index counts as used when any partition's is. How long the statistics
      reach back, and what bounds them, stands above the findings.

      Example: \\unused (min_size=10MB) billing.*
      """)

  static let redundant = ExamineCommand(
    RedundantIndexes.self, summary: "find duplicate and redundant indexes, and invalid ones left behind",
    details: """
      An index is redundant when another can stand in for it in every use: columns, operator classes, collations,
      order, predicate, expressions and uniqueness are compared.

      Example: \\redundant public.*
      """)

  static let connections = ExamineCommand(
    ConnectionSlots.self, takesPattern: false,
    summary: "count connection slots: used, free, by whom, and which limit binds",
    details: """
      Free slots are what can really be had: max_connections without the reserved ones, and the limits of role and
      database. Works in the last slot. (pool=N, procs=M) does the arithmetic of an application's pools.

      Example: \\conns (pool=5, procs=8)
      """)

  static let bloat = ExamineCommand(
    BloatCheck.self, summary: "measure the space that a rebuild would give back, of tables, TOAST and indexes",
    details: """
      Reads a sample of blocks, packs their rows as a rebuild would, and says how sure that is. Each row names its
      method. (exact=on) reads everything with pgstattuple, where that is installed.

      Example: \\bloat (limit=50) public.*
      """)
}

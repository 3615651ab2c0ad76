import Postgres

/// Which of the indexes that nothing has scanned are still needed, since a foreign key has no other.
struct KeyServers: Sendable {
  /// The name of a foreign key by the oid of the index (the top of its tree) that alone is left to serve it.
  let needed: [Int: String]

  /// Asks for all keys of the database, whatever is in scope. Nil when they can't be read.
  static func read(
    _ candidates: [Index], _ catalog: IndexCatalog, scannedElsewhere: [Int], _ connection: borrowing Connection,
    _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> KeyServers? {
    if candidates.isEmpty { return KeyServers(needed: [:]) }
    let major = inquiry.server.major
    let spare = Set(candidates.filter { catalog.reasonToKeep($0) == nil }.map { $0.id })
    let found = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) -> KeyServers in
      let rows = try connection.rows(
        ForeignKey.serverQueries.text(for: major) ?? "", [ArrayText.write(scannedElsewhere)])
      var judge = Judge(catalog: catalog, spare: spare)
      let unclear = judge.plainKeys(rows)
      if !unclear.isEmpty { try judge.otherKeys(unclear, major, connection) }
      return KeyServers(needed: judge.needed)
    }
    return found
  }

  private struct Judge {
    let catalog: IndexCatalog
    /// Candidates that nothing else speaks for.
    let spare: Set<Int>
    var needed: [Int: String] = [:]

    /// Of the indexes that serve a key, one has to stay: another one that is used, or that a key has kept already, else
    /// the smallest.
    mutating func keepOne(of servers: [Int], for key: String) {
      let roots = servers.map { catalog.root(of: $0) }
      if roots.contains(where: { !spare.contains($0) || needed[$0] != nil }) { return }
      let best = roots.min { (pages($0), $0) < (pages($1), $1) }
      if let best { needed[best] = SQLName.quoted(key) }
    }

    private func pages(_ id: Int) -> Int { catalog[id].map { catalog.pages($0) } ?? 0 }

    /// Decides the keys whose serving indexes are plain, and returns those that have to be looked at closely: where
    /// some index has the key's column and doesn't plainly serve it.
    mutating func plainKeys(_ rows: [Row]) -> [Int] {
      var unclear: [Int] = []
      var position = 0
      while position < rows.count {
        let id = rows[position].int("id")
        var servers: [Int] = []
        var isClear = true
        let first = position
        while position < rows.count, rows[position].int("id") == id {
          if rows[position].flag("is_plain"), let index = rows[position].int("index_id") {
            servers.append(index)
          } else {
            isClear = false
          }
          position += 1
        }
        // One plain server that stays is enough, whatever else there is.
        let isSafe = servers.contains { !spare.contains(catalog.root(of: $0)) }
        if isSafe { continue }
        if isClear {
          keepOne(of: servers, for: rows[first].text("name"))
        } else if let id {
          unclear.append(id)
        }
      }
      return unclear
    }

    /// Keys of several columns, of partitioned tables, of types with a collation, with other kinds of index. Where none
    /// serves well, one that helps in part is needed, too.
    mutating func otherKeys(
      _ ids: [Int], _ major: Int, _ connection: borrowing Connection
    ) throws(PostgresError) {
      let scope = Scope(includesSystem: true).parameters
      let rows = try connection.rows(
        ForeignKey.queries.text(for: major) ?? "", scope + ["true", ArrayText.write(ids)])
      let tables = ArrayText.write(ForeignKey.tables(rows))
      let relations = RelationSet(try connection.rows(Relation.treeQuery.text, [tables]))
      let keys = ForeignKey.keys(rows, relations)
      let whole = ArrayText.write(
        Set(keys.filter { $0.isPartitioned }.flatMap { relations.leaves(of: $0.tableID) }.map { $0.id }).sorted())
      let indexes = Dictionary(
        grouping: try connection.rows(IndexFacts.query.text, [whole, ArrayText.write(keys.map { $0.id })])
          .map { IndexFacts($0) }
      ) { $0.tableID }
      for key in keys {
        let columns = key.columns.filter { $0.isIndexable && $0.isEquality }
        if columns.isEmpty { continue }
        for leaf in relations.leaves(of: key.tableID) {
          let fits = (indexes[leaf.id] ?? []).map { index in
            (index.id, IndexFit.of(index, for: columns, major: major) { _ in false })
          }
          let serving = fits.filter { $0.1 == .serves }.map { $0.0 }
          let helping = fits.filter { if case .weak = $0.1 { true } else { false } }.map { $0.0 }
          keepOne(of: serving.isEmpty ? helping : serving, for: key.name)
        }
      }
    }
  }
}

import Postgres

/// Sizes by the files, for the few relations where they matter.
enum ExactSizes {
  /// Relations asked for in one statement. Each is locked only while it is looked at (ACCESS SHARE).
  private static let batch = 8

  /// Measures the relations of `sizes` at `places`. Those that somebody has locked, or is about to lock, keep the
  /// catalog's figure, which is said.
  static func measure(
    _ sizes: inout [RelationSize], at places: [Int], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let locks = try Locks.read(connection, &inquiry, for: Sizes.growth.rule)
    var free: [Int] = []
    for place in places where sizes.indices.contains(place) {
      if let lock = sizes[place].partIDs.lazy.compactMap({ locks[$0] }).first {
        skip(sizes[place], lock.words, &inquiry)
      } else {
        free.append(place)
      }
    }
    var rest = free[...]
    while !rest.isEmpty {
      let group = rest.prefix(batch)
      rest = rest.dropFirst(batch)
      if let exact = try read(group.flatMap { sizes[$0].partIDs }, connection, &inquiry) {
        for place in group { sizes[place].measure(exact) }
        continue
      }
      // Somebody has locked one since: each by itself.
      for place in group {
        if inquiry.lockTimeouts >= 10 {
          skip(sizes[place], "too many relations are locked", &inquiry)
        } else if let exact = try read(sizes[place].partIDs, connection, &inquiry) {
          sizes[place].measure(exact)
        } else {
          skip(sizes[place], "locked by another session", &inquiry)
        }
      }
    }
  }

  private static func skip(_ size: RelationSize, _ why: String, _ inquiry: inout Inquiry) {
    let object = DatabaseObject(size.kind == "m" ? .materializedView : .table, schema: size.schema, name: size.name)
    inquiry.notAssessed.append(
      NotAssessed(
        Sizes.growth.rule, object, "skipped: \(why); its size is the catalog's, of the last VACUUM or ANALYZE"))
  }

  /// The bytes of each relation by oid; nil when a lock or the time limit stopped it.
  private static func read(
    _ ids: [Int], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Int: Int]? {
    if inquiry.request.isCancelled() { throw .usage("cancelled") }
    do {
      let rows = try connection.inspect(inquiry.limits) { (connection) throws(PostgresError) in
        try connection.rows(RelationSize.exactQuery, [ArrayText.write(ids)])
      }
      return Dictionary(rows.compactMap { row in row.int("id").flatMap { id in row.int("bytes").map { (id, $0) } } }) {
        first, _ in first
      }
    } catch {
      try Inquiry.rethrowFatal(error, inquiry.request)
      inquiry.lockTimeouts += 1
      return nil
    }
  }
}

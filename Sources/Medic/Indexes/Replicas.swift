import Postgres

/// Index scans that other servers with the same data have counted.
enum Replicas {
  static let query = """
    SELECT i.indexrelid AS id FROM pg_catalog.pg_index AS i
    WHERE pg_catalog.pg_stat_get_numscans(i.indexrelid) > 0
    ORDER BY i.indexrelid
    """

  static let identity = """
    SELECT s.system_identifier::text AS system,
      (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()) AS database
    FROM pg_catalog.pg_control_system() AS s
    """

  /// Asks each server of `list` (connection strings, separated by semicolons) for the oids of the indexes that it has
  /// scanned.
  ///
  /// One that can't be asked, or holds other data, makes the whole question unanswerable: then nil.
  static func scanned(
    _ list: String, _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> [Int]? {
    let limits = inquiry.limits
    guard
      let own = try inquiry.attempt(
        connection, for: rule,
        { (connection) throws(PostgresError) in
          try connection.rows(identity)
        })?.first
    else { return nil }
    var scanned: Set<Int> = []
    for text in list.split(separator: ";").map({ trimmed($0) }) where !text.isEmpty {
      do throws(PostgresError) {
        let replica = try Connection.open(parameters(text, connection.database, connection.user))
        let (other, bounds, rows) = try replica.inspect(limits) {
          (replica) throws(PostgresError) -> (Row?, Row?, [Row]) in
          let window = EvidenceWindow.queries.text(for: replica.serverMajor) ?? ""
          return (try replica.rows(identity).first, try replica.rows(window).first, try replica.rows(query))
        }
        guard other?["system"] == own["system"], other?["database"] == own["database"] else {
          throw PostgresError.usage("it does not hold the same data")
        }
        scanned.formUnion(rows.compactMap { $0.int("id") })
        if let bounds { narrow(&inquiry, to: EvidenceWindow(bounds), text) }
      } catch {
        inquiry.notAssessed.append(NotAssessed(rule, nil, "replica \"\(safe(text))\": \(error.message)"))
        return nil
      }
    }
    return scanned.sorted()
  }

  /// How many servers a list names.
  static func count(_ list: String) -> Int { list.split(separator: ";").filter { !trimmed($0).isEmpty }.count }

  /// What is known holds only for the time that every server has counted.
  private static func narrow(_ inquiry: inout Inquiry, to other: EvidenceWindow, _ text: String) {
    guard let seconds = inquiry.window?.seconds, other.seconds < seconds else { return }
    let note = "\(other.window.note), on the replica \"\(safe(text))\""
    inquiry.window = Window(since: other.since, seconds: other.seconds, note: note)
  }

  private static func parameters(
    _ text: String, _ database: String, _ user: String
  ) -> [(keyword: String, value: String)] {
    let isURI = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    return [
      ("user", user), ("dbname", isURI ? text : "dbname=\(quoted(database)) \(text)"), ("application_name", "pgmedic"),
      ("connect_timeout", "5"),
    ]
  }

  private static func quoted(_ value: String) -> String {
    var quoted = "'"
    for scalar in value.unicodeScalars {
      if scalar == "'" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "'"
  }

  private static func trimmed(_ text: Substring) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The connection string as far as it may be shown: no password.
  private static func safe(_ text: String) -> String {
    let words = text.split(separator: " ").filter { !$0.lowercased().hasPrefix("password") }
    guard let at = text.firstIndex(of: "@"), let scheme = text.firstRange(of: "://") else {
      return words.joined(separator: " ")
    }
    return text[..<scheme.upperBound] + "…" + text[at...]
  }
}

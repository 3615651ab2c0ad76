import Postgres

/// One database's record: which it is, and what earlier looks have left in it.
public struct Record: Sendable, Equatable {
  /// `<system identifier>-<database oid>`: the same for the standbys of a cluster, another after a restore by pg_dump.
  public let name: String
  /// Seconds since 1970 by the server's clock, when it was asked.
  public let time: Int
  public let earlier: EarlierLooks

  static let query = """
    SELECT (SELECT s.system_identifier FROM pg_catalog.pg_control_system() AS s) AS system, d.oid AS database,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::bigint AS time
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
    """
}

/// Where records are kept: whoever runs the examination says how one is read. Medic itself knows no files.
public struct RecordKeeping: Sendable {
  /// What has been noted under a record's name, and a remark when it can't be read.
  public var read: @Sendable (_ name: String) -> (looks: EarlierLooks, remark: String?)

  public init(read: @escaping @Sendable (_ name: String) -> (looks: EarlierLooks, remark: String?)) {
    self.read = read
  }

  /// Nothing is remembered.
  public static let none = RecordKeeping { _ in (EarlierLooks(), nil) }
}

/// A look that an examination has taken, and the record that it belongs to.
public struct NotedLook: Sendable, Equatable {
  public let record: String
  public var look: Look
}

extension Inquiry {
  /// The record of this database; nil, with a note, where the server doesn't tell which cluster it is.
  ///
  /// What is to be remembered goes into `note(_:in:)`.
  mutating func record(_ connection: borrowing Connection) throws(PostgresError) -> Record? {
    if request.isCancelled() { throw .usage("cancelled") }
    let row: Row?
    do {
      row = try connection.inspect(limits) { (connection) throws(PostgresError) in
        try connection.rows(Record.query).first
      }
    } catch {
      try Inquiry.rethrowFatal(error, request)
      notes.append("no earlier look can be compared with: \(error.message)")
      return nil
    }
    guard let row, let system = row["system"], let database = row["database"], let time = row.int("time") else {
      return nil
    }
    let name = "\(system)-\(database)"
    let kept = request.records.read(name)
    if let remark = kept.remark { notes.append(remark) }
    return Record(name: name, time: time, earlier: kept.looks)
  }

  /// Hands a look to whoever keeps records.
  mutating func note(_ look: Look, in record: Record) {
    noted = NotedLook(record: record.name, look: look)
  }
}

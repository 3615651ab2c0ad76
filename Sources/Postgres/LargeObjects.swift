import CLibPQ

/// Large objects as libpq moves them. Each call belongs into a transaction.
extension Connection {
  /// Makes a large object out of a local file and gives its oid.
  ///
  /// Throws `.usage` with the text of libpq or of the server, or `.connectionLost`.
  public func importLargeObject(from path: String) throws(PostgresError) -> UInt32 {
    let oid = lo_import(handle, path)
    if oid == 0 { throw largeObjectError() }
    return oid
  }

  /// Writes a large object into a local file. Throws as `importLargeObject` does.
  public func exportLargeObject(_ oid: UInt32, to path: String) throws(PostgresError) {
    if lo_export(handle, oid, path) != 1 { throw largeObjectError() }
  }

  /// Deletes a large object. Throws as `importLargeObject` does.
  public func unlinkLargeObject(_ oid: UInt32) throws(PostgresError) {
    if lo_unlink(handle, oid) != 1 { throw largeObjectError() }
  }

  /// libpq keeps of a failure here only the text.
  private func largeObjectError() -> PostgresError {
    let text = errorMessage.droppingTrailingNewline
    return isAlive ? .usage(text) : .connectionLost(text)
  }
}

extension Scanner {
  /// The byte with which the next argument begins, nil at the end of the line. Nothing is read but white space.
  public mutating func beginOfArgument() -> UInt8? {
    skipSpace()
    return currentByte()
  }
}

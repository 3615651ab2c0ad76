/// Numbers that were read of one database at one time, for the next look to compare with.
///
/// What a number counts is its kind; whose it is, the object's oid: it outlives a rename, and an object made anew under
/// an old name isn't taken for the old one.
public struct Look: Sendable, Equatable {
  /// What a number counts. The names stand in files, so they don't change.
  public enum Kind: String, Sendable, CaseIterable {
    /// Bytes of a table with its indexes and TOAST, or of a whole partition tree, as the files were measured.
    case relationBytes = "relation_bytes"
    /// The same by the catalog's page counts, which are as old as the last VACUUM or ANALYZE.
    case estimatedBytes = "estimated_bytes"
    case databaseBytes = "database_bytes"
    /// `last_value` of a sequence.
    case sequenceValue = "sequence_value"
  }

  /// Seconds since 1970 by the server's clock.
  public let time: Int
  public private(set) var numbers: [Kind: [Int: Int]]

  public init(time: Int, numbers: [Kind: [Int: Int]] = [:]) {
    self.time = time
    self.numbers = numbers
  }

  public subscript(_ kind: Kind, _ id: Int) -> Int? {
    get { numbers[kind]?[id] }
    set { numbers[kind, default: [:]][id] = newValue }
  }

  /// The same without the numbers of these kinds.
  func without(_ kinds: Set<Kind>) -> Look {
    Look(time: time, numbers: numbers.filter { !kinds.contains($0.key) })
  }
}

/// How a number has changed since an earlier look.
public struct Change: Sendable, Equatable {
  public let from: Int
  public let to: Int
  /// Always positive.
  public let seconds: Int

  public var difference: Int { to.subtractingReportingOverflow(from).partialValue }
  public var perDay: Double { Double(to) - Double(from) == 0 ? 0 : perSecond * 86400 }
  public var perSecond: Double { (Double(to) - Double(from)) / Double(seconds) }
}

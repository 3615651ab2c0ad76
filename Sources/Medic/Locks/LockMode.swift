/// A mode of the server's heavyweight locks, weakest first.
enum LockMode: Int, Sendable, Comparable {
  case accessShare = 1
  case rowShare, rowExclusive, shareUpdateExclusive, share, shareRowExclusive, exclusive, accessExclusive

  /// From `pg_locks.mode`; nil for the predicate locks of SERIALIZABLE, which block nobody.
  init?(_ name: String) {
    switch name {
    case "AccessShareLock": self = .accessShare
    case "RowShareLock": self = .rowShare
    case "RowExclusiveLock": self = .rowExclusive
    case "ShareUpdateExclusiveLock": self = .shareUpdateExclusive
    case "ShareLock": self = .share
    case "ShareRowExclusiveLock": self = .shareRowExclusive
    case "ExclusiveLock": self = .exclusive
    case "AccessExclusiveLock": self = .accessExclusive
    default: return nil
    }
  }

  /// As LOCK TABLE spells it.
  var words: String {
    switch self {
    case .accessShare: "ACCESS SHARE"
    case .rowShare: "ROW SHARE"
    case .rowExclusive: "ROW EXCLUSIVE"
    case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
    case .share: "SHARE"
    case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
    case .exclusive: "EXCLUSIVE"
    case .accessExclusive: "ACCESS EXCLUSIVE"
    }
  }

  /// The manual's table 13.2 "Conflicting Lock Modes".
  func conflicts(with other: LockMode) -> Bool {
    switch self {
    case .accessShare: other == .accessExclusive
    case .rowShare: other >= .exclusive
    case .rowExclusive: other >= .share
    case .shareUpdateExclusive: other >= .shareUpdateExclusive
    case .share: other >= .rowExclusive && other != .share
    case .shareRowExclusive: other >= .rowExclusive
    case .exclusive: other >= .rowShare
    case .accessExclusive: true
    }
  }

  static func < (left: LockMode, right: LockMode) -> Bool { left.rawValue < right.rawValue }
}

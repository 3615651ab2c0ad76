/// The way out of a finding: SQL that is safe on a busy server, and the SQL that takes it back.
///
/// The constructors in `Remedies.swift` are the only place where they are written. Each names the pattern of the
/// knowledge base that it fills, with its slots, so that the same remedy can be had as a migration and be explained.
public struct Remedy: Sendable, Equatable {
  /// Id of the knowledge-base pattern, nil for SQL that no pattern covers.
  public let pattern: String?
  /// The pattern's slots with their values, as one would type them: names quoted where SQL asks for it.
  public let slots: [Slot]
  /// Statements in their order, without semicolons. None is meant for a transaction block unless BEGIN is among them.
  public let sql: [String]
  /// Statements that take it back; empty when nothing can.
  public let undo: [String]
  /// What must be known before it is run.
  public let caution: String?

  public struct Slot: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    sql: [String], undo: [String] = [], pattern: String? = nil, slots: [Slot] = [], caution: String? = nil
  ) {
    self.pattern = pattern
    self.slots = slots
    self.sql = sql
    self.undo = undo
    self.caution = caution
  }

  /// Statements between a lock_timeout and its reset: outside a transaction, as CONCURRENTLY asks for.
  static func guarded(_ statements: [String], lockTimeout: String = "5s") -> [String] {
    ["SET lock_timeout = '\(lockTimeout)'"] + statements + ["RESET lock_timeout"]
  }
}

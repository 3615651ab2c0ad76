/// What a rule is called, how bad its findings are, and where they are explained.
public struct Card: Sendable, Hashable {
  /// Stable: scripts, baselines and ignore files name it.
  public let rule: String
  public let severity: Severity
  public let area: Area
  /// Id of the knowledge-base entry.
  public let entry: String
  /// A few words, such as "foreign keys that no index serves".
  public let summary: String
  /// What it finds depends on load, statistics or the server's state, so that an empty copy of the schema can't show it.
  public let dependsOnLoad: Bool

  /// What part of a database's life a rule belongs to.
  public enum Area: String, Sendable, CaseIterable {
    case indexes, storage, connections, locks, statements, schema, vacuum, replication, partitions, sequences
  }

  public init(
    _ rule: String, severity: Severity, in area: Area, entry: String, summary: String, dependsOnLoad: Bool = false
  ) {
    self.rule = rule
    self.severity = severity
    self.area = area
    self.entry = entry
    self.summary = summary
    self.dependsOnLoad = dependsOnLoad
  }
}

/// One text of a query, for servers from a major version on. Lists of them begin with the newest.
public struct Query: Sendable {
  public let major: Int
  public let text: String

  public init(from major: Int, _ text: String) {
    self.major = major
    self.text = text
  }
}

extension [Query] {
  /// The newest text that a server of this major version knows, nil when even the oldest is too new for it.
  public func text(for major: Int) -> String? { first { $0.major <= major }?.text }

  /// The oldest server version that has a text.
  var oldest: Int? { last?.major }
}

/// A case that proves a rule: what it must find in a schema, or that it must leave it alone.
public struct Example: Sendable {
  public enum Expectation: Sendable {
    /// The rule reports the object with this `displayName`.
    case finds(String)
    /// The rule reports nothing.
    case clean
  }

  public let expectation: Expectation
  /// The rule meant; nil means the only or the first rule of the examination.
  public let rule: String?
  /// SQL that makes the case.
  public let setup: String
  /// Run statement by statement and committed, in a database of its own, because it needs VACUUM, CONCURRENTLY or
  /// statistics that only come with a commit.
  public let isCommitted: Bool
  public let options: [(name: String, value: String)]
  /// The oldest server whose SQL the case is.
  public let major: Int

  public static func finds(
    _ object: String, rule: String? = nil, from major: Int = 13, committed: Bool = false,
    options: [(name: String, value: String)] = [], in setup: String
  ) -> Example {
    Example(
      expectation: .finds(object), rule: rule, setup: setup, isCommitted: committed, options: options, major: major)
  }

  public static func clean(
    _ setup: String, rule: String? = nil, from major: Int = 13, committed: Bool = false,
    options: [(name: String, value: String)] = []
  ) -> Example {
    Example(expectation: .clean, rule: rule, setup: setup, isCommitted: committed, options: options, major: major)
  }
}

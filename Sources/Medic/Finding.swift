/// How bad a finding is, for `--fail-on` and for the order of a report.
public enum Severity: String, Sendable, CaseIterable, Comparable {
  case info, warning, error

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// How sure a finding is.
public enum Confidence: String, Sendable, CaseIterable { case high, medium, low }

/// The thing in the server that a finding is about.
public struct DatabaseObject: Sendable, Hashable {
  /// What sort of thing it is, as it stands in JSON.
  public enum Kind: String, Sendable, CaseIterable {
    case table, index, toast, column, constraint, sequence, function, schema, statement
    case foreignKey = "foreign_key"
    case materializedView = "materialized_view"
    case role, database, session, server, tablespace, publication, subscription, policy, trigger, rule, type,
      `extension`, setting
    case replicationSlot = "replication_slot"
  }

  public let kind: Kind
  public let schema: String?
  public let name: String
  /// The table that an index, constraint or column belongs to (in the same schema).
  public let table: String?

  public init(_ kind: Kind, schema: String? = nil, name: String, table: String? = nil) {
    self.kind = kind
    self.schema = schema
    self.name = name
    self.table = table
  }

  /// The name as a person writes it: `billing.invoice_items`, `billing.items.items_order_fkey` (with its table) for
  /// what has no name outside its table, quoted where the server would.
  public var displayName: String {
    switch kind {
    case .foreignKey, .constraint, .column, .trigger, .rule, .policy: SQLName.qualified([schema, table, name])
    case .session, .server, .statement, .setting: name
    default: SQLName.qualified([schema, name])
    }
  }

  /// The same, always with the table: `billing.items.items_order_idx`. What ignore patterns are matched with, too.
  public var fullName: String { SQLName.qualified([schema, table, name]) }
}

/// A claim with evidence and a way out.
public struct Finding: Sendable, Equatable {
  /// Stable id of the rule, such as `fk-without-index`.
  public let rule: String
  public var severity: Severity
  /// Id of the knowledge-base entry that explains the finding.
  public let entry: String
  public let object: DatabaseObject
  /// What tells the finding from another one of its rule on the same object (the columns of an index that isn't there
  /// yet); empty where there can be but one. No numbers, no oids.
  public let aspect: String
  public var message: String
  /// The numbers behind the claim, in the order in which they are read.
  public var evidence: [Fact]
  public var confidence: Confidence
  public var remedy: Remedy?
  /// Among findings of one severity the heavier come first; what is weighed is the examination's affair.
  public let weight: Double

  public init(
    _ card: Card, on object: DatabaseObject, aspect: String = "", _ message: String, severity: Severity? = nil,
    evidence: [Fact] = [], confidence: Confidence = .high, remedy: Remedy? = nil, weight: Double = 0
  ) {
    rule = card.rule
    self.severity = severity ?? card.severity
    entry = card.entry
    self.object = object
    self.aspect = aspect
    self.message = message
    self.evidence = evidence
    self.confidence = confidence
    self.remedy = remedy
    self.weight = weight
  }

  /// What stays the same from run to run: rule, kind, schema, table, name and aspect; no numbers, no oids. A session's
  /// process number means nothing in the next run.
  public var fingerprint: String {
    let known = Finding.fingerprint(rule, object)
    return aspect.isEmpty ? known : known + "\u{1f}" + aspect
  }

  static func fingerprint(_ rule: String, _ object: DatabaseObject) -> String {
    let name = object.kind == .session ? object.name.filter { !$0.isNumber } : object.name
    return [rule, object.kind.rawValue, object.schema ?? "", object.table ?? "", name].joined(separator: "\u{1f}")
  }

  /// The value of a piece of evidence.
  public subscript(_ name: String) -> Value? { evidence.first { $0.name == name }?.value }
}

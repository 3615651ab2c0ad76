/// What could not be judged, and why. Never to be read as "fine".
public struct NotAssessed: Sendable, Equatable {
  public let rule: String
  /// The object that was left out, nil when the whole rule could not be judged.
  public let object: DatabaseObject?
  public let reason: String

  public init(_ rule: String, _ object: DatabaseObject? = nil, _ reason: String) {
    self.rule = rule
    self.object = object
    self.reason = reason
  }
}

/// A number that an examination reports without claiming that something is wrong, or a table of such numbers.
public struct Figure: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    case value(Value)
    case table(columns: [String], rows: [[Value]])
    /// Text that is made of lines, such as a tree: blanks and box-drawing characters lead a line in.
    case lines([String])
  }

  /// How a table of figures is laid out for people where the terminal is too narrow for it.
  public enum Layout: Sendable, Equatable {
    /// Its longest texts are broken into lines.
    case list
    /// Its longest texts are cut, unless more is asked for (`+`): statements.
    case cut
    /// The same, and all of it is shown however long: a plan.
    case tree
  }

  /// snake_case, ends in its unit where it has one.
  public let name: String
  /// For people: `free ordinary slots`.
  public let title: String
  public let content: Content
  /// What must be known to read it, such as "a range: other sessions' types are hidden from this role".
  public let note: String?
  /// Shown to people only when they ask for more (`+`).
  public let isDetail: Bool
  public let layout: Layout
  /// Shown to people behind the findings rather than before them.
  public var followsFindings = false

  public init(_ name: String, _ title: String, _ value: Value, note: String? = nil, isDetail: Bool = false) {
    self.name = name
    self.title = title
    content = .value(value)
    self.note = note
    self.isDetail = isDetail
    layout = .list
  }

  public init(
    _ name: String, _ title: String, columns: [String], rows: [[Value]], note: String? = nil, isDetail: Bool = false,
    layout: Layout = .list
  ) {
    self.name = name
    self.title = title
    content = .table(columns: columns, rows: rows)
    self.note = note
    self.isDetail = isDetail
    self.layout = layout
  }

  public init(_ name: String, _ title: String, lines: [String], note: String? = nil) {
    self.name = name
    self.title = title
    content = .lines(lines)
    self.note = note
    isDetail = false
    layout = .list
  }
}

/// The time over which counters were collected.
public struct Window: Sendable, Equatable {
  /// Start, as ISO 8601 in UTC; nil when the server doesn't tell.
  public let since: String?
  public let seconds: Int?
  /// Which resets bound it, and how sure that is.
  public let note: String

  public init(since: String?, seconds: Int?, note: String) {
    self.since = since
    self.seconds = seconds
    self.note = note
  }
}

/// What one examination has come to.
public struct Report: Sendable, Equatable {
  /// Name of the command without its backslash.
  public var command: String
  public var database: String
  /// Such as `15.20`.
  public var serverVersion: String
  public var role: String
  /// `superuser`, or the predefined roles that widen what can be seen, or `plain role`.
  public var rights: String
  public var isStandby: Bool
  /// What was looked at, and over which connection: `31 foreign keys`.
  public var scope: String
  public var window: Window?
  /// One sentence that says what came out.
  public var summary: String
  public var figures: [Figure]
  /// Worst first, then by rule and name; at most `limit=` of them.
  public var findings: [Finding]
  /// How many findings `.pgmedic-ignore` took out.
  public var ignored: Int
  /// How many findings `limit=` cut off.
  public var cutOff: Int
  public var notAssessed: [NotAssessed]
  /// Remarks that belong to no finding (a pooler, an ignore entry that matched nothing).
  public var notes: [String]
  /// The rules that were judged.
  public var rules: [Card]
  /// The worst severity of all findings that aren't ignored, those cut off among them; where the report was compared
  /// with a baseline, of the new ones.
  public var worst: Severity?
  /// A person reads the findings as lines, each with its entry, rather than as a table.
  public var isBrief = false
  /// What the next look may want to compare with; no part of any document.
  public var noted: NotedLook?
  /// The findings that were cut off, in their order: a report that is written to a file holds them, too.
  public var rest: [Finding]

  public init(
    command: String, database: String = "", serverVersion: String = "", role: String = "", rights: String = "",
    isStandby: Bool = false, scope: String = "", window: Window? = nil, summary: String = "", figures: [Figure] = [],
    findings: [Finding] = [], ignored: Int = 0, cutOff: Int = 0, notAssessed: [NotAssessed] = [], notes: [String] = [],
    rules: [Card] = [], worst: Severity? = nil, noted: NotedLook? = nil, rest: [Finding] = []
  ) {
    self.command = command
    self.database = database
    self.serverVersion = serverVersion
    self.role = role
    self.rights = rights
    self.isStandby = isStandby
    self.scope = scope
    self.window = window
    self.summary = summary
    self.figures = figures
    self.findings = findings
    self.ignored = ignored
    self.cutOff = cutOff
    self.notAssessed = notAssessed
    self.notes = notes
    self.rules = rules
    self.worst = worst ?? findings.map { $0.severity }.max()
    self.noted = noted
    self.rest = rest
  }

  /// The same with nothing cut off.
  public var whole: Report {
    var whole = self
    whole.findings += rest
    whole.rest = []
    whole.cutOff = 0
    return whole
  }

  /// The first line: what was looked at, where, and with which rights.
  public var headline: String {
    let place = "\(database) (\(isStandby ? "standby, " : "")server \(serverVersion))"
    return "\\\(command): \(scope) in \(place), as \(role) (\(rights))"
  }
}

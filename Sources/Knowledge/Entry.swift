/// One page of the knowledge base: the front matter as values, the body as Markdown.
///
/// The body is read into sections and steps only when somebody asks: a search looks at the front matter and the raw
/// text.
public struct Entry: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case pattern, playbook, checklist, convention, query, workflow
  }

  /// Where a page comes from: the program itself, or a file of the user's.
  public enum Origin: Sendable, Equatable {
    case builtIn
    case user(path: String)
  }

  public let id: String
  public let kind: Kind
  public let title: String
  /// One or two sentences: what it is about and what to do.
  public let summary: String
  /// What it is about, for the table of contents: `indexes`, `replication`; empty where the page says nothing.
  public let subject: String
  /// Other words for the title, as people type them.
  public let synonyms: [String]
  /// What people ask or say when this is the answer.
  public let questions: [String]
  /// What is seen when the entry applies, in users' words.
  public let symptoms: [String]
  /// The server's messages that lead here.
  public let messages: [MessagePattern]
  /// The SQLSTATEs that lead here, the most typical first.
  public let sqlstates: [String]
  public let slots: [Slot]
  /// The server versions it holds for.
  public let versions: VersionRange
  /// Ids of entries to read next.
  public let links: [String]
  /// Why there is no way back, where there is none; such a template is never filled in.
  public let irreversible: String?
  /// Markdown after the front matter.
  public let body: String
  /// The line of the file on which the body begins, for messages.
  let bodyLine: Int
  public let origin: Origin
  /// The user's own pages with the same id. They are shown after this one, which they never hide.
  public internal(set) var additions: [Entry] = []

  public func slot(named name: String) -> Slot? { slots.first { $0.name == name } }

  /// The body as sections of blocks. A fault in the mark-up is left out here and reported by `faults()`.
  public var sections: [Section] { PageBody(self).sections }

  /// All marked blocks of the page in their order; see `Step.Kind`.
  public var steps: [Step] { PageBody(self).steps }

  /// Whether `fill` can make something of it: it has an `up` and a `down`, or says why it has none.
  public var isTemplate: Bool { steps.contains { $0.kind == .up } }

  /// What is wrong with the body: an unclosed block, an unknown mark, a variable that is no slot.
  public func faults() -> [PageProblem] { PageBody(self).faults }
}

/// A range of server major versions, written `13+`, `13-17` or `15`; an empty one means all.
public struct VersionRange: Sendable, Equatable, CustomStringConvertible {
  public var lowest: Int?
  public var highest: Int?

  public static let all = VersionRange(lowest: nil, highest: nil)

  public init(lowest: Int?, highest: Int?) {
    self.lowest = lowest
    self.highest = highest
  }

  init?(_ text: String) {
    if text.hasSuffix("+") {
      guard let low = Int(text.dropLast()) else { return nil }
      self.init(lowest: low, highest: nil)
      return
    }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let low = Int(parts[0]), let high = Int(parts[parts.count - 1]), parts.count <= 2, low <= high else {
      return nil
    }
    self.init(lowest: low, highest: high)
  }

  /// Whether a server of this major version is meant.
  public func contains(_ major: Int) -> Bool { major >= (lowest ?? 0) && major <= (highest ?? .max) }

  public var description: String {
    switch (lowest, highest) {
    case (nil, nil): "all"
    case (let low?, nil): "\(low)+"
    case (nil, let high?): "up to \(high)"
    case (let low?, let high?): low == high ? "\(low)" : "\(low)-\(high)"
    }
  }
}

/// Something wrong in a page, with its place. A broken page is reported, never fatal.
public struct PageProblem: Error, Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let line: Int
  public let what: String

  public var description: String { line > 0 ? "\(path):\(line): \(what)" : "\(path): \(what)" }
}

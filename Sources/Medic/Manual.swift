/// What help says of an examination, and what its command takes after the options.
public struct Manual: Sendable {
  public enum Argument: Sendable {
    /// Patterns of relations, as `\d` takes them.
    case pattern
    /// Free text to the end of the line: a statement.
    case text
    case none
  }

  /// A few words for lists: `find foreign keys that no index serves`.
  public let summary: String
  /// What it looks at and how to read what it says, with an example; the options are added to it.
  public let details: String
  public let argument: Argument

  public init(_ summary: String, takes argument: Argument = .pattern, details: String) {
    self.summary = summary
    self.details = details
    self.argument = argument
  }
}

public import Postgres

/// The simplest examination: one query, whose every row is a finding.
///
/// The query reads $1 to $3, which `Scope.parameters` gives (`Scope.condition` is the condition that reads them).
public protocol Check: Examination {
  static var card: Card { get }
  static var queries: [Query] { get }

  /// The finding that a row is, nil where the row turns out to be none.
  func finding(_ row: Row) -> Finding?
}

extension Check {
  public static var name: String { card.rule }
  public static var rules: [Card] { [card] }

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rows = try inquiry.read(connection, Self.queries, inquiry.request.scope.parameters, for: Self.card.rule)
    guard let rows else { return }
    inquiry.scope = "the catalog"
    inquiry.findings += rows.compactMap { finding($0) }
  }
}

/// Which part of a result is printed: all of it, or one of the chunks in which FETCH_COUNT reads it.
///
/// The heading comes with the first chunk, the footer with the last, records are numbered on, and each chunk has column
/// widths of its own, as in psql.
public struct Part: Sendable {
  public var isFirst: Bool
  public var isLast: Bool
  /// The number of rows printed by the parts before.
  public var priorRows: Int
  /// `expanded auto` then always expands, lest chunks differ in shape.
  ///
  /// psql sets it for a result of several chunks that goes to standard output (whether a pager is used or not), but not
  /// for one that goes to a file or a pipe of `\o` or `\g`.
  public var throughPager: Bool

  public init(isFirst: Bool, isLast: Bool, priorRows: Int = 0, throughPager: Bool = false) {
    self.isFirst = isFirst
    self.isLast = isLast
    self.priorRows = priorRows
    self.throughPager = throughPager
  }

  public static let whole = Part(isFirst: true, isLast: true)
}

/// Which part of a result is printed: all of it, or one of the chunks in which FETCH_COUNT reads it.
///
/// The heading comes with the first chunk, the footer with the last, records are numbered on, and each chunk has column
/// widths of its own, as in psql.
public struct Part: Sendable {
  public var isFirst: Bool
  public var isLast: Bool
  /// The number of rows printed by the parts before.
  public var priorRows: Int
  /// The output already goes through a pager: `expanded auto` then always expands, lest chunks differ in shape.
  public var throughPager: Bool

  public init(isFirst: Bool, isLast: Bool, priorRows: Int = 0, throughPager: Bool = false) {
    self.isFirst = isFirst
    self.isLast = isLast
    self.priorRows = priorRows
    self.throughPager = throughPager
  }

  public static let whole = Part(isFirst: true, isLast: true)
}

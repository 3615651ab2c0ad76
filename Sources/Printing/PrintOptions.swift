/// How results are printed: everything that `\pset` sets.
public struct PrintOptions: Sendable {
  public enum Expanded: Sendable { case off, on, auto }
  public enum LineStyle: String, CaseIterable, Sendable {
    case ascii
    case oldAscii = "old-ascii"
    case unicode
  }
  public enum Stroke: String, CaseIterable, Sendable { case single, double }
  /// How far the line above a record of expanded output reaches (psql 16 and later; psql 15 does `full`).
  public enum HeaderWidth: Sendable, Equatable { case full, column, page, exactly(Int) }
  public enum PagerUse: Int, Sendable { case off, on, always }

  public var format = Format.aligned
  /// As psql keeps it: any 16-bit number, of which formats tell 0, 1, 2 and (LaTeX) 3 apart.
  public var border: UInt16 = 1
  public var expanded = Expanded.off
  public var tuplesOnly = false
  public var title: ByteString?
  /// Whether tables end in `(n rows)`.
  public var defaultFooter = true
  /// Lines below the table, in the place of `(n rows)`.
  public var footers: [ByteString] = []
  public var null: ByteString = ""
  public var numericLocale = false
  /// The separators that `numericLocale` puts in.
  public var numberFormat = NumberFormat()
  public var fieldSeparator: ByteString = "|"
  public var fieldSeparatorZero = false
  public var recordSeparator: ByteString = "\n"
  public var recordSeparatorZero = false
  public var csvFieldSeparator = UInt8(ascii: ",")
  public var tableAttributes: ByteString?
  public var lineStyle = LineStyle.ascii
  public var unicodeBorder = Stroke.single
  public var unicodeColumn = Stroke.single
  public var unicodeHeader = Stroke.single
  /// Target width of the wrapped format, and limit of `expanded auto`; 0 takes `terminalWidth`.
  public var columns = 0
  public var expandedHeaderWidth = HeaderWidth.full
  public var pager = PagerUse.on
  public var pagerMinLines = 0

  /// The encoding of the bytes that are printed.
  public var encoding = TextEncoding.utf8
  /// The columns of the terminal, if output goes to one (by way of a pager, too); nil when it goes elsewhere.
  public var terminalWidth: Int?

  public init() {}

  /// The width that output should fit, 0 if there is none.
  var targetWidth: Int { columns > 0 ? columns : terminalWidth ?? 0 }
}

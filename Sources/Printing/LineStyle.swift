/// The characters that draw a table: one of psql's line styles, with its strokes.
struct LineStyle {
  /// A horizontal line, with what stands where vertical lines meet it.
  struct Rule {
    var line: StaticString
    var left: StaticString
    var middle: StaticString
    var right: StaticString
  }

  var top: Rule
  /// Below the headings, and above each record but the first.
  var middle: Rule
  var bottom: Rule

  var left: StaticString
  var right: StaticString
  var divider: StaticString
  /// The divider before a value that goes on after a newline, that goes on because it was wrapped, that has ended.
  var dividerAtNewline: StaticString
  var dividerAtWrap: StaticString
  var dividerAtBlank: StaticString

  /// Marks beside the lines of headings: left of a line that follows a newline, right of one that a newline ends.
  var headingNewlineLeft: StaticString
  var headingNewlineRight: StaticString
  /// The same beside values.
  var newlineLeft: StaticString
  var newlineRight: StaticString
  var wrapLeft: StaticString
  var wrapRight: StaticString
  /// Whether marks stand right of the text they belong to, so that they need a column of their own there.
  var marksRight: Bool

  init(_ options: PrintOptions) {
    switch options.lineStyle {
    case .ascii: self = .ascii
    case .oldAscii: self = .oldAscii
    case .unicode: self = .unicode(options.unicodeBorder, options.unicodeColumn, options.unicodeHeader)
    }
  }

  private init(top: Rule, middle: Rule, bottom: Rule, edge: StaticString, divider: StaticString) {
    self.top = top
    self.middle = middle
    self.bottom = bottom
    left = edge
    right = edge
    self.divider = divider
    (dividerAtNewline, dividerAtWrap, dividerAtBlank) = (divider, divider, divider)
    (headingNewlineLeft, newlineLeft) = (" ", " ")
    (headingNewlineRight, newlineRight) = ("+", "+")
    (wrapLeft, wrapRight) = (".", ".")
    marksRight = true
  }

  private static let ascii: LineStyle = {
    let rule = Rule(line: "-", left: "+", middle: "+", right: "+")
    return LineStyle(top: rule, middle: rule, bottom: rule, edge: "|", divider: "|")
  }()

  private static let oldAscii: LineStyle = {
    var style = ascii
    (style.dividerAtNewline, style.dividerAtWrap, style.dividerAtBlank) = (":", ";", " ")
    (style.headingNewlineLeft, style.headingNewlineRight) = ("+", " ")
    (style.newlineRight, style.wrapLeft, style.wrapRight) = (" ", " ", " ")
    style.marksRight = false
    return style
  }()

  private static func unicode(
    _ border: PrintOptions.Stroke, _ column: PrintOptions.Stroke, _ header: PrintOptions.Stroke
  ) -> LineStyle {
    let top: Rule
    let bottom: Rule
    switch (border, column) {
    case (.single, .single):
      top = Rule(line: "─", left: "┌", middle: "┬", right: "┐")
      bottom = Rule(line: "─", left: "└", middle: "┴", right: "┘")
    case (.single, .double):
      top = Rule(line: "─", left: "┌", middle: "╥", right: "┐")
      bottom = Rule(line: "─", left: "└", middle: "╨", right: "┘")
    case (.double, .single):
      top = Rule(line: "═", left: "╔", middle: "╤", right: "╗")
      bottom = Rule(line: "═", left: "╚", middle: "╧", right: "╝")
    case (.double, .double):
      top = Rule(line: "═", left: "╔", middle: "╦", right: "╗")
      bottom = Rule(line: "═", left: "╚", middle: "╩", right: "╝")
    }
    var middle: Rule
    switch (border, header) {
    case (.single, .single): middle = Rule(line: "─", left: "├", middle: "┼", right: "┤")
    case (.single, .double): middle = Rule(line: "═", left: "╞", middle: "╪", right: "╡")
    case (.double, .single): middle = Rule(line: "─", left: "╟", middle: "┼", right: "╢")
    case (.double, .double): middle = Rule(line: "═", left: "╠", middle: "╪", right: "╣")
    }
    if column == .double { middle.middle = header == .double ? "╬" : "╫" }
    var style = LineStyle(
      top: top, middle: middle, bottom: bottom, edge: border == .single ? "│" : "║",
      divider: column == .single ? "│" : "║")
    (style.headingNewlineRight, style.newlineRight) = ("↵", "↵")
    (style.wrapLeft, style.wrapRight) = ("…", "…")
    return style
  }
}

/// The ways to print a table: psql's, and three of ours.
public enum Format: String, CaseIterable, Sendable {
  case aligned
  case asciidoc
  case csv
  case html
  case json
  case jsonl
  case latex
  case latexLongtable = "latex-longtable"
  case markdown
  case troffMs = "troff-ms"
  case unaligned
  case wrapped

  /// The name that `\pset format` takes and shows.
  public var name: String { rawValue }

  /// Whether psql 15 has it.
  public var isInPsql: Bool {
    switch self {
    case .json, .jsonl, .markdown: false
    default: true
    }
  }

  /// How the format is written: the list that a new one is added to.
  var writer: any FormatWriter.Type {
    switch self {
    case .aligned, .wrapped: AlignedFormat.self
    case .asciidoc: AsciidocFormat.self
    case .csv: CSVFormat.self
    case .html: HTMLFormat.self
    case .latex: LatexFormat.self
    case .latexLongtable: LongtableFormat.self
    case .troffMs: TroffFormat.self
    case .unaligned: UnalignedFormat.self
    case .json: JSONFormat.self
    case .jsonl: JSONLinesFormat.self
    case .markdown: MarkdownFormat.self
    }
  }

  /// The names of all formats, in the order of the alphabet.
  public static func names(psqlOnly: Bool) -> [String] {
    allCases.filter { $0.isInPsql || !psqlOnly }.map(\.name)
  }

  /// The formats that `text` is, or may be short for.
  ///
  /// A name that begins all the others (latex of latex-longtable) is meant itself.
  public static func matches(_ text: String, psqlOnly: Bool) -> [Format] {
    let matches = allCases.filter { ($0.isInPsql || !psqlOnly) && $0.name.hasPrefixIgnoringCase(text) }
    if let first = matches.first, matches.allSatisfy({ $0.name.hasPrefix(first.name) }) { return [first] }
    return matches
  }
}

/// A format: a pure function from rows to bytes.
protocol FormatWriter {
  /// Writes the part of the table that `job` describes.
  static func write(_ job: Job, to sink: ByteSink)
}

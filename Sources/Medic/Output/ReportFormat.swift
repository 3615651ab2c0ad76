/// A format that `--format` writes reports in: a pure function of reports.
public protocol ReportFormat: Sendable {
  /// As `--format` takes it.
  static var name: String { get }
  /// One document for the whole run, written at its end; else one document a command, written as it comes.
  static var isForWholeRun: Bool { get }
  /// The document, ending in a newline unless it is empty.
  static func document(_ reports: [Report], toolVersion: String) -> String
}

/// All formats, in the order in which help lists them.
public enum ReportFormats {
  public static let all: [any ReportFormat.Type] = [
    JSONFormat.self, JSONLinesFormat.self, CSVFormat.self, MarkdownFormat.self, JUnitFormat.self, SARIFFormat.self,
    GitHubFormat.self,
  ]

  public static func named(_ name: String) -> (any ReportFormat.Type)? { all.first { $0.name == name } }
}

import CShims
import Glibc
import Medic
import Printing

/// The reports of this run and where they go besides the terminal: `--format`, `--report`, `--fail-on`.
struct Documents {
  /// Nil: reports print for a person, as tables in the current `\pset format`.
  var format: (any ReportFormat.Type)?
  var reportFile: String?
  var reportFileFormat: any ReportFormat.Type = JSONReport.format
  var failOn = FailOn.error
  var failsOnUnassessed = false
  /// `--state`: looks are remembered in scripts, too.
  var keepsState = false
  var reports: [Report] = []
  /// The report whose findings `\fix` numbers.
  var last: Report? { reports.last }
  var ignoring = IgnoreList()

  init() {}

  init(_ options: MedicOptions) {
    format = options.format.flatMap { ReportFormats.named($0) }
    reportFile = options.reportFile.map { String(decoding: $0, as: UTF8.self) }
    if let named = ReportFormats.named(options.reportFormat) { reportFileFormat = named }
    failOn = options.failOn
    failsOnUnassessed = options.failsOnUnassessed
    keepsState = options.keepsState
    ignoring = Documents.readIgnoreList()
  }

  /// `.pgmedic-ignore` here, else the user's own.
  private static func readIgnoreList() -> IgnoreList {
    let configuration = environment("XDG_CONFIG_HOME") ?? (homeDirectory().map { $0 + "/.config" } ?? "")
    for path in [".pgmedic-ignore", configuration + "/pgmedic/ignore"] {
      guard let bytes = readFile(path) else { continue }
      return IgnoreList(String(decoding: bytes, as: UTF8.self), today: today())
    }
    return IgnoreList()
  }

  /// Writes the documents that are due at the end, and makes exit code 4 of findings that are bad enough.
  mutating func finish(_ code: Int32, _ session: inout Session) -> Int32 {
    var code = code
    if let format, format.isForWholeRun, !reports.isEmpty {
      session.destination.sink.append(format.document(reports, toolVersion: Version.number))
    }
    if let reportFile {
      let text = reportFileFormat.document(reports.map { $0.whole }, toolVersion: Version.number)
      if let why = writeFile(reportFile, text) {
        session.reporter.fatal("could not write report \"\(reportFile)\": \(why)")
        if code == ExitCode.success { code = ExitCode.failure }
      }
    }
    if code == ExitCode.success, !session.isInteractiveSession || !session.hasTerminal,
      failOn.isReached(by: reports, orUnassessed: failsOnUnassessed)
    {
      code = ExitCode.findings
    }
    return code
  }
}

/// The format of `--report` where none is named.
private enum JSONReport {
  static var format: any ReportFormat.Type { ReportFormats.all[0] }
}

/// Today as `YYYY-MM-DD`.
func today() -> String { localTime("%Y-%m-%d") }

/// The time of day as `14:03:22`.
func timeOfDay() -> String { localTime("%H:%M:%S") }

private func localTime(_ format: String) -> String {
  var now = time(nil)
  var parts = tm()
  localtime_r(&now, &parts)
  var buffer = [CChar](repeating: 0, count: 32)
  let count = strftime(&buffer, buffer.count, format, &parts)
  return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The bytes of a file, nil when it can't be read.
func readFile(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0 { return nil }
    if count == 0 { return bytes }
    bytes.append(contentsOf: buffer[..<count])
  }
}

/// Writes a file whole; why not, when that failed.
func writeFile(_ path: String, _ text: String) -> String? { writeFile(path, text, O_TRUNC) }

/// Writes a new file; why not, when that failed, as when there is one already.
func createFile(_ path: String, _ text: String) -> String? { writeFile(path, text, O_EXCL) }

private func writeFile(_ path: String, _ text: String, _ mode: Int32) -> String? {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
  guard descriptor >= 0 else { return errorText() }
  defer { close(descriptor) }
  let sink = ByteSink(fileDescriptor: descriptor)
  sink.append(text)
  sink.flush()
  return sink.error == 0 ? nil : String(cString: strerror(sink.error))
}

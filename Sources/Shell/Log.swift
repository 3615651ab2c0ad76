import Glibc
import Printing
import SQLText

extension Session {
  /// `-L`: query output also goes to this file. False when it can't be opened.
  mutating func openLog(_ name: String) -> Bool {
    let descriptor = open(expandTilde(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      reporter.fatal("could not open log file \"\(name)\": \(errorText())")
      return false
    }
    log = ByteSink(fileDescriptor: descriptor)
    return true
  }

  /// Notes a query in the log.
  func logQuery(_ text: [UInt8]) {
    guard let log else { return }
    log.append("********* QUERY **********\n")
    log.append(text)
    log.append("\n**************************\n\n")
    log.flush()
  }

  /// Notes a line, such as a command's tag, in the log.
  func logLine(_ text: String) {
    log?.append(text + "\n")
    log?.flush()
  }

  /// Notes rows in the log, which is aligned whatever the format of the output, as psql's is.
  func logRows(_ rows: some RowSource, _ options: PrintOptions, part: Part = .whole) {
    guard let log else { return }
    var options = options
    options.format = .aligned
    options.expanded = .off
    print(rows, options, part: part, to: log)
    log.flush()
  }

  /// `-l`: lists the databases as `\l` does.
  mutating func listDatabases() -> Bool {
    scanner.feed(Array("\\l".utf8))
    guard case .backslash = scan() else { return false }
    return runCommand() != .failed
  }
}

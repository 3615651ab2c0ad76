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

  /// `-l`: lists the databases as `\l` does.
  mutating func listDatabases() -> Bool {
    scanner.feed(Array("\\l".utf8))
    guard case .backslash = scan() else { return false }
    return runCommand() != .failed
  }
}

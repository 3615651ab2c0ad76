import CShims
import Glibc
import Printing

/// Writes messages for a person to standard error, in psql's form.
///
/// A class, since libpq's notice callback writes through it while the session is busy. With input from a file a
/// message names program, file and line; from a terminal, standard input or `-c` it stands alone.
final class Reporter {
  enum Level {
    case error, warning, information

    var label: String {
      switch self {
      case .error: "error: "
      case .warning: "warning: "
      case .information: ""
      }
    }
  }

  let program: String
  /// Standard output, flushed before a message so that both streams read in order.
  let output: ByteSink
  var file: String?
  var line = 0
  /// No program name and no level, as psql has it for terminals, standard input and `-c`.
  var isTerse = true

  init(program: String, output: ByteSink) {
    self.program = program
    self.output = output
  }

  func report(_ level: Level, _ text: String) {
    write(prefix + (isTerse ? "" : level.label) + terminated(text))
  }

  /// A message with its level but without place, as the start-up writes it.
  func fatal(_ text: String) { write("\(program): error: \(terminated(text))") }

  func detail(_ text: String) { write(prefix + (isTerse ? "" : "detail: ") + terminated(text)) }
  func hint(_ text: String) { write(prefix + (isTerse ? "" : "hint: ") + terminated(text)) }

  /// Text as it stands.
  func write(_ text: String) {
    output.flush()
    var bytes = Array(text.utf8)
    bytes.withUnsafeMutableBufferPointer { buffer in
      var start = 0
      while start < buffer.count, let base = buffer.baseAddress {
        let count = Glibc.write(STDERR_FILENO, base + start, buffer.count - start)
        if count > 0 { start += count } else if shim_errno() != EINTR { return }
      }
    }
  }

  private var prefix: String {
    if isTerse { return "" }
    if let file { return "\(program):\(file):\(line): " }
    return "\(program): "
  }

  private func terminated(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }
}

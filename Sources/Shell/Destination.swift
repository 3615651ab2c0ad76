import CShims
import Glibc
import Printing

/// Where query output goes: standard output, a file or a program (`\o`, `\g FILE`).
struct Destination {
  let sink: ByteSink
  let isStandard: Bool
  private var stream: UnsafeMutablePointer<FILE>?
  private var isPipe = false

  init(standard sink: ByteSink) {
    self.sink = sink
    isStandard = true
  }

  private init(sink: ByteSink, stream: UnsafeMutablePointer<FILE>, isPipe: Bool) {
    self.sink = sink
    self.stream = stream
    self.isPipe = isPipe
    isStandard = false
  }

  /// Opens a file for writing, or with a leading `|` starts a program that reads. Throws psql's message.
  /// `output` is flushed first, so that a program's own output comes after it.
  static func open(_ name: String, after output: ByteSink) throws(CommandError) -> Destination {
    output.flush()
    let isPipe = name.hasPrefix("|")
    let stream = isPipe ? popen(String(name.dropFirst()), "w") : fopen(name, "w")
    guard let stream else {
      throw .message("\(name): \(errorText())")
    }
    if isPipe { shim_ignore_sigpipe(true) }
    return Destination(sink: ByteSink(fileDescriptor: fileno(stream)), stream: stream, isPipe: isPipe)
  }

  /// Flushes and closes. The exit status of a program (as `waitpid` gives it), and the text of a write that failed.
  func close() -> (status: Int32?, failure: String?) {
    sink.flush()
    let failure = (sink.error == 0 ? nil : sink.error).map { String(cString: strerror($0)) }
    guard let stream else { return (nil, failure) }
    if isPipe {
      let status = pclose(stream)
      shim_ignore_sigpipe(false)
      return (status, failure)
    }
    let closed = fclose(stream)
    return (nil, failure ?? (closed == 0 ? nil : errorText()))
  }
}

/// The text of the C library's last error.
func errorText() -> String { String(cString: strerror(shim_errno())) }

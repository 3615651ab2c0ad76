import CShims
import Glibc
import Printing
import SQLText

/// `\copy …`: COPY with a file, a program or the shell's own streams on this side.
struct Copy: MetaCommand {
  let help = Help(
    "copy", arguments: [.text], in: .inputOutput, syntax: "...",
    summary: "perform SQL COPY with data stream to the client host")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let text = try session.argument(.wholeLine) else { throw .message("arguments required") }
    let parts = try CopyText(text)
    let sql = Array(parts.sql.utf8)
    switch parts.end {
    case .standard where parts.isFrom:
      // the data are what follows on standard input, or in the script
      session.statement.readsCopyData = true
      return session.send(sql) ? .done : .failed
    case .standard:
      return session.send(sql) ? .done : .failed
    case .shell:
      // pstdin and pstdout: the program's own streams, whatever \i and \o have done
      if parts.isFrom { session.copyData = DescriptorData(STDIN_FILENO) } else { session.copyTarget = session.output }
      defer { session.endCopyEnds() }
      return session.send(sql) ? .done : .failed
    case .file(let name):
      return try copy(sql, with: expandTilde(name), isFrom: parts.isFrom, &session)
    case .program(let command):
      session.output.flush()
      guard let stream = popen(command, parts.isFrom ? "r" : "w") else {
        throw session.failed("could not execute command \"\(command)\": \(errorText())")
      }
      let sink = ByteSink(fileDescriptor: fileno(stream))
      if parts.isFrom { session.copyData = DescriptorData(fileno(stream)) } else { session.copyTarget = sink }
      shim_ignore_sigpipe(true)
      var fine = session.send(sql)
      shim_ignore_sigpipe(false)
      session.endCopyEnds()
      let status = pclose(stream)
      if status != 0 {
        session.reporter.report(.error, "\(command): \(waitText(status))")
        fine = false
      }
      return fine ? .done : .failed
    }
  }

  private func copy(
    _ sql: [UInt8], with name: String, isFrom: Bool, _ session: inout Session
  ) throws(CommandError) -> Outcome {
    let descriptor =
      isFrom
      ? open(name, O_RDONLY | O_CLOEXEC) : open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw session.failed("\(name): \(errorText())") }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw session.failed("\(name): cannot copy from/to a directory")
    }
    let sink = ByteSink(fileDescriptor: descriptor)
    if isFrom { session.copyData = DescriptorData(descriptor) } else { session.copyTarget = sink }
    let fine = session.send(sql)
    session.endCopyEnds()
    return fine ? .done : .failed
  }
}

extension Session {
  /// COPY data come from and go to the usual places again.
  fileprivate mutating func endCopyEnds() {
    copyData = nil
    copyTarget = nil
  }
}

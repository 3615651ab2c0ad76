import CShims
import Glibc
import Printing

/// `\e [FILE] [LINE]`: edits the query buffer, or a file, with PSQL_EDITOR, EDITOR or VISUAL.
struct Edit: MetaCommand {
  let help = Help(
    "e", aliases: ["edit"], arguments: [.file, .any], in: .buffer, syntax: "[FILE] [LINE]",
    summary: "edit the query buffer (or file) with external editor")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var file = try session.argument()
    var line: Int?
    if let second = try session.argument() {
      guard let number = Int(second), number > 0 else { throw session.failed("invalid line number: \(second)") }
      line = number
    } else if let only = file, let number = Int(only), number > 0 {
      line = number
      file = nil
    }
    if let file {
      let path = expandTilde(file)
      try session.edit(path, line: line)
      let text = try session.readWhole(path)
      session.query = text
    } else {
      if session.query.isEmpty { session.query = session.previousQuery }
      session.query = try session.edited(session.query, line: line)
    }
    return .edited
  }
}

extension Session {
  /// Lets the person edit `text` in a private file and gives what came of it.
  mutating func edited(_ text: [UInt8], line: Int?) throws(CommandError) -> [UInt8] {
    let directory = environment("TMPDIR") ?? "/tmp"
    let path = "\(directory)/pgmedic.edit.\(getpid()).sql"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failed("could not open temporary file \"\(path)\": \(errorText())") }
    let file = ByteSink(fileDescriptor: descriptor)
    file.append(text)
    if text.last != 10, !text.isEmpty { file.append("\n") }
    file.flush()
    close(descriptor)
    defer { unlink(path) }
    try edit(path, line: line)
    return try readWhole(path)
  }

  fileprivate mutating func edit(_ path: String, line: Int?) throws(CommandError) {
    let editor =
      environment("PSQL_EDITOR") ?? environment("EDITOR") ?? environment("VISUAL") ?? "vi"
    var command = "exec \(editor) "
    if let line {
      guard let argument = environment("PSQL_EDITOR_LINENUMBER_ARG") ?? (editor.hasSuffix("vi") ? "+" : nil) else {
        throw failed(
          "environment variable PSQL_EDITOR_LINENUMBER_ARG must be set to specify a line number")
      }
      command += "\(argument)\(line) "
    }
    output.flush()
    suspendEditor()
    let status = system(command + shellQuoted(path))
    resumeEditor()
    if status == -1 { throw failed("could not start editor \"\(editor)\"") }
    if status == 127 << 8 { throw failed("could not start /bin/sh") }
  }

  func readWhole(_ path: String) throws(CommandError) -> [UInt8] {
    guard let stream = fopen(path, "r") else { throw .message("\(path): \(errorText())") }
    defer { fclose(stream) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      if count == 0 { break }
      text.append(contentsOf: buffer[..<count])
    }
    while let last = text.last, last == 10 || last == 13 { text.removeLast() }
    return text
  }
}

/// A word for the shell, in single quotes.
func shellQuoted(_ text: String) -> String {
  var quoted = "'"
  for character in text.unicodeScalars {
    if character == "'" { quoted += "'\"'\"'" } else { quoted.unicodeScalars.append(character) }
  }
  return quoted + "'"
}

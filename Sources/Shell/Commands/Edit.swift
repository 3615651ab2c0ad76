import CShims
import Glibc
import Printing

/// `\e [FILE] [LINE]`: edits the query buffer, or a file, with PSQL_EDITOR, EDITOR or VISUAL.
struct Edit: MetaCommand {
  let help = Help(
    "e", aliases: ["edit"], arguments: [.file, .any], in: .buffer, syntax: "[FILE] [LINE]",
    summary: "edit the query buffer (or file) with external editor")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard session.hasQueryBuffer else { throw session.failed("no query buffer") }
    var file = try session.argument()
    var line: Int?
    if let second = try session.argument() {
      guard let number = Int(second), number > 0 else { throw session.failed("invalid line number: \(second)") }
      line = number
    } else if let only = file, let number = Int(only), number > 0 {
      line = number
      file = nil
    }
    // what is not the person's own unfinished text is dropped when the editor leaves it as it is
    if let file {
      session.query = try session.edit(expandTilde(file), line: line) ?? []
    } else if session.query.isEmpty {
      session.query = try session.edited(session.previousQuery, line: line) ?? []
    } else if let text = try session.edited(session.query, line: line) {
      session.query = text
    }
    return .edited
  }
}

extension Session {
  /// Lets the person edit `text` in a private file and gives what came of it, nil when it was left as it was.
  mutating func edited(_ text: [UInt8], line: Int?) throws(CommandError) -> [UInt8]? {
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
    // older than now, so that a quick edit shows
    let past = [timespec(tv_sec: time(nil) - 2, tv_nsec: 0), timespec(tv_sec: time(nil) - 2, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, past, 0)
    return try edit(path, line: line)
  }

  /// Runs the editor on a file and gives its text, nil when its size and time are as before.
  fileprivate mutating func edit(_ path: String, line: Int?) throws(CommandError) -> [UInt8]? {
    var (before, after) = (stat(), stat())
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
    guard stat(path, &before) == 0 else { throw failed("\(path): \(errorText())") }
    suspendEditor()
    let status = system(command + shellQuoted(path))
    resumeEditor()
    if status == -1 { throw failed("could not start editor \"\(editor)\"") }
    guard stat(path, &after) == 0 else { throw failed("\(path): \(errorText())") }
    let isSame =
      before.st_size == after.st_size && before.st_mtim.tv_sec == after.st_mtim.tv_sec
      && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec
    return isSame ? nil : try readWhole(path)
  }

  private func readWhole(_ path: String) throws(CommandError) -> [UInt8] {
    guard let text = readFile(path) else { throw failed("\(path): \(errorText())") }
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

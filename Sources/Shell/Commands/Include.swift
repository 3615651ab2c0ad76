import CShims
import Glibc

/// `\\i FILE` and `\\ir FILE`: read commands from a file.
struct Include: MetaCommand {
  let help: Help
  /// Names are relative to the file that holds the command.
  let isRelative: Bool

  static let all = [
    Include(
      help: Help(
        "i", aliases: ["include"], arguments: [.file], in: .inputOutput, syntax: "FILE",
        summary: "execute commands from file"), isRelative: false),
    Include(
      help: Help(
        "ir", aliases: ["include_relative"], arguments: [.file], in: .inputOutput, syntax: "FILE",
        summary: "as \\i, but relative to location of current script"), isRelative: true),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else { throw .message("missing required argument") }
    let code = session.runFile(expandTilde(name), relative: isRelative)
    return code == ExitCode.success ? .done : .failed
  }
}

extension Session {
  /// Files within files are refused beyond this: one that includes itself would never end.
  static let deepestInclude = 100

  /// Runs the commands of a file (`-` is standard input). Gives psql's exit code for it.
  mutating func runFile(_ name: String, relative: Bool = false) -> Int32 {
    if includeDepth >= Session.deepestInclude {
      reporter.report(
        .error, "\(name): files include each other more than \(Session.deepestInclude) deep; is one including itself?")
      return ExitCode.failure
    }
    var path = name
    if relative, let current = reporter.file, !name.hasPrefix("/"), let slash = current.lastIndex(of: "/") {
      path = String(current[...slash]) + name
    }
    let descriptor = name == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      reporter.report(.error, "\(path): \(errorText())")
      return ExitCode.failure
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      reporter.report(.error, "could not read from input file: \(String(cString: strerror(EISDIR)))")
      return ExitCode.failure
    }
    let (outerFile, outerTerse) = (reporter.file, reporter.isTerse)
    reporter.file = name == "-" ? "<stdin>" : path
    reporter.isTerse = false
    includeDepth += 1
    let code = run(DescriptorSource(descriptor, closesAtEnd: true))
    includeDepth -= 1
    (reporter.file, reporter.isTerse) = (outerFile, outerTerse)
    return code
  }
}

/// `~` and `~user` at the start of a file name.
func expandTilde(_ path: String) -> String {
  guard path.hasPrefix("~") else { return path }
  let end = path.firstIndex(of: "/") ?? path.endIndex
  let user = path[path.index(after: path.startIndex)..<end]
  if user.isEmpty { return homeDirectory().map { $0 + path[end...] } ?? path }
  guard let entry = getpwnam(String(user)) else { return path }
  return String(cString: entry.pointee.pw_dir) + path[end...]
}

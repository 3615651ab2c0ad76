import CShims
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The process that runs the server's programs as the unprivileged user, and cleans up when we end, however we end.
///
/// It is in `process.c`; this is our end of the socket that it listens on. Closing the socket ends it. Its directory is
/// there from `init` on and gone after `end()`.
struct Supervisor: ~Copyable, Sendable {
  let directory: String
  private let process: pid_t
  /// One request and its answer at a time.
  private let channel: Mutex<Int32>

  init(directory: String, user: ServerUser) throws(SandboxError) {
    let environment = user.environment.map { strdup($0) }
    defer { for line in environment { free(line) } }
    let started = shim_supervisor_start(directory, user.shim, environment + [nil])
    guard started.pid > 0 else {
      if started.error == ENOSPC { throw .diskFull(path: directory) }
      throw .cannotMake(path: directory, reason: Files.message(started.error))
    }
    self.directory = directory
    self.process = started.pid
    self.channel = Mutex(started.channel)
  }

  deinit {
    channel.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
    // The supervisor removes the directory before it ends, so after this nothing is left.
    while waitpid(process, nil, 0) < 0 && errno == EINTR {}
  }

  /// Stops the server, removes the directory and waits for that.
  consuming func end() {}

  /// An answer: what the request gave, and the errno if that is negative.
  struct Answer {
    let result: Int32
    let error: Int32
  }

  func ask(_ letter: Character, _ strings: String...) throws(SandboxError) -> Answer {
    try ask(letter, strings)
  }

  func ask(_ letter: Character, _ strings: [String]) throws(SandboxError) -> Answer {
    var body: [UInt8] = Array(String(letter).utf8)
    for string in strings { body += Array(string.utf8) + [0] }
    let length = UInt32(clamping: body.count)
    let message = withUnsafeBytes(of: length) { Array($0) } + body
    let outcome = channel.withLock { descriptor -> Outcome in
      let outcome = Self.deliver(message, to: descriptor) ? Self.receive(from: descriptor) : .gone
      if case .answer = outcome { return outcome }
      // An answer that nobody waits for would be taken for the next one's. The supervisor ends on this.
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
      return outcome
    }
    switch outcome {
    case .answer(let answer): return answer
    case .gone: throw .supervisorGone
    case .interrupted: throw .interrupted
    }
  }

  private enum Outcome {
    case answer(Answer)
    case gone
    case interrupted
  }

  /// Runs a program to its end and returns its exit code.
  func run(_ program: String, _ arguments: [String], log: String) throws(SandboxError) -> Int32 {
    let answer = try ask("R", [log, program] + arguments)
    if answer.result < 0 { throw .failed(program: program, lines: [Files.message(answer.error)]) }
    return shim_exit_code(answer.result)
  }

  /// Does a file operation that must succeed; the error names `path`.
  func make(_ letter: Character, _ path: String, _ rest: String...) throws(SandboxError) {
    let answer = try ask(letter, [path] + rest)
    guard answer.result < 0 else { return }
    if answer.error == ENOSPC { throw .diskFull(path: path) }
    throw .cannotMake(path: path, reason: Files.message(answer.error))
  }

  private static func deliver(_ message: [UInt8], to descriptor: Int32) -> Bool {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    var rest = message[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func receive(from descriptor: Int32) -> Outcome {
    var reply = shim_supervisor_reply()
    var done = 0
    while done < MemoryLayout<shim_supervisor_reply>.size {
      let count = withUnsafeMutableBytes(of: &reply) { bytes in
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        return recv(descriptor, rest.baseAddress, rest.count, 0)
      }
      if count < 0 && errno == EINTR {
        if shim_interrupt_pending() { return .interrupted }
        continue
      }
      guard count > 0 else { return .gone }
      done += count
    }
    return .answer(Answer(result: reply.result, error: reply.error))
  }
}

import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a server is stopped.
public enum StopMode: Sendable {
  /// Sessions are ended, everything is written: statistics are kept.
  case fast
  /// As in a crash: the next start recovers, and the statistics counters are lost.
  case immediate
  /// By SIGKILL, so that nothing can be tidied.
  case killed

  var signal: String {
    switch self {
    case .fast: "\(SIGINT)"
    case .immediate: "\(SIGQUIT)"
    case .killed: "\(SIGKILL)"
    }
  }
}

/// A postmaster on a data directory, under a supervisor. Its socket is in the supervisor's directory.
struct Server: Sendable {
  let program: String
  let data: String

  static let port = 5432

  static func log(of supervisor: borrowing Supervisor) -> String { supervisor.directory + "/server.log" }

  /// Starts it and waits until it takes connections. Returns the postmaster's process id.
  @discardableResult
  func start(by supervisor: borrowing Supervisor) throws(SandboxError) -> pid_t {
    let log = Self.log(of: supervisor)
    let answer = try supervisor.ask(
      "S", log, program, "-D", data, "-k", supervisor.directory, "-p", "\(Self.port)")
    guard answer.result > 0 else { throw .failed(program: "postgres", lines: [Files.message(answer.error)]) }
    let seconds = 60
    for _ in 0..<seconds * 200 {
      if try supervisor.ask("P").result == 0 { throw Template.failure("postgres", log: log, path: data) }
      if isReady(answer.result) { return answer.result }
      if shim_interrupt_pending() { throw .interrupted }
      usleep(5000)
    }
    let lines = Files.lastLines(log)
    try stop(.immediate, by: supervisor)
    throw .notReady(seconds: seconds, lines: lines)
  }

  func stop(_ mode: StopMode, by supervisor: borrowing Supervisor) throws(SandboxError) {
    let answer = try supervisor.ask("K", mode.signal)
    guard mode != .fast || answer.result == 0 else {
      throw Template.failure("postgres", log: Self.log(of: supervisor), path: data)
    }
  }

  /// Line 1 of postmaster.pid is the process, line 8 its state, as pg_ctl reads it.
  private func isReady(_ process: pid_t) -> Bool {
    guard let text = Files.text(data + "/postmaster.pid") else { return false }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count >= 8 && lines[0] == "\(process)" && lines[7].hasPrefix("ready")
  }
}

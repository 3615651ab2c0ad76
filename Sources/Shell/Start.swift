import CLibPQ
import CShims
import Glibc
import Medic
import Postgres
import Printing
import SQLText
import Sandbox

/// Runs the program with its arguments (the first is its own name) and gives the exit code.
public func runShell(_ arguments: [[UInt8]]) -> Int32 {
  keepStandardDescriptors()
  setlocale(LC_ALL, "")
  shim_interrupt_install()
  shim_terminate_install()
  let program = Program(path: arguments.first.map { String(decoding: $0, as: UTF8.self) } ?? "pgmedic")
  var session = Session(program: program.name)
  let code = session.start(program, Array(arguments.dropFirst()))
  return session.end(code)
}

/// A standard stream that was closed is opened on nothing, the wrong way round, so that using it fails: else the next
/// file or the server's socket would get its number, and output would go there.
private func keepStandardDescriptors() {
  for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
  where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", mode)
  }
}

extension Session {
  fileprivate mutating func start(_ program: Program, _ arguments: [[UInt8]]) -> Int32 {
    hasTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    setDefaults()
    let options: ParsedOptions
    do throws(CommandLineError) {
      options = try ParsedOptions.parse(arguments, program: program, interactive: hasTerminal)
    } catch {
      if let code = apply(error.settings) { return code }
      for message in error.messages { reporter.write(message.text(program: reporter.program) + "\n") }
      return error.exitCode
    }
    switch options.request {
    case .session: break
    case .help(let topic): return printHelp(topic, program)
    case .version:
      output.append(Version.line(for: program) + "\n")
      return ExitCode.success
    case .generate(let document): return generate(document)
    }
    if let code = apply(options.settings) { return code }
    documents = Documents(options.medic)
    for mistake in documents.ignoring.mistakes { reporter.report(.warning, ".pgmedic-ignore: \(mistake)") }
    isReadOnly = options.medic.readOnly
    if let code = makeConnection(options) { return code }
    if options.listsDatabases { return listDatabases() ? ExitCode.success : ExitCode.failure }
    if let name = options.logFile, !openLog(String(decoding: name, as: UTF8.self)) { return ExitCode.failure }
    if !settings.quiet {
      for extra in options.extraArguments {
        reporter.write(CommandLineError.Message.extraArgument(extra).text(program: reporter.program) + "\n")
      }
    }
    return options.actions.isEmpty ? runStandardInput(options) : runActions(options)
  }

  /// Flushes, closes and gives the exit code with what findings make of it.
  fileprivate mutating func end(_ code: Int32) -> Int32 {
    var documents = self.documents
    var code = documents.finish(code, &self)
    if !destination.isStandard { _ = finish(destination) }
    editor?.finish()
    connection = nil
    // a sandbox that is kept is left as it was found; another takes the lab along
    if sandbox?.cluster.isKept == true { incident?.end() }
    incident = nil
    sandbox = nil
    output.flush()
    if output.error != 0, code == ExitCode.success {
      if !hasReportedOutput {
        reporter.fatal("could not write to standard output: \(String(cString: strerror(output.error)))")
        code = ExitCode.failure
      } else if !isPsql {
        // psql calls a script whose output was lost a success
        code = ExitCode.failure
      }
    }
    return code
  }

  private mutating func setDefaults() {
    let reporter = self.reporter
    variables.note("VERSION", Version.psqlInFull)
    variables.note("VERSION_NAME", Version.psql)
    variables.note("VERSION_NUM", String(Version.psqlNumber))
    variables.note("LAST_ERROR_MESSAGE", "")
    variables.note("LAST_ERROR_SQLSTATE", "00000")
    variables.note("PROMPT1", "%/%R%x%# ")
    variables.note("PROMPT2", "%/%R%x%# ")
    variables.note("PROMPT3", ">> ")
    settings.govern(variables)
    printing.numberFormat = .ofCurrentLocale()
    reporter.isTerse = false
  }

  /// Applies what options set, in their order; an exit code where one can't be set.
  private mutating func apply(_ all: [ParsedOptions.Setting]) -> Int32? {
    for setting in all {
      switch setting {
      case .variable(let name, let value):
        do throws(Variables.Refused) {
          try variables.set(name, value.map { String(decoding: $0, as: UTF8.self) })
        } catch {
          reporter.fatal(error.message)
          return ExitCode.failure
        }
      case .print(let name, let value):
        do throws(PsetError) {
          _ = try printing.set(name, to: value.map { ByteString(bytes: $0) }, psqlOnly: isPsql)
        } catch {
          reporter.fatal(error.message.description)
          reporter.fatal("could not set printing parameter \"\(name)\"")
          return ExitCode.failure
        }
      case .output(let name):
        if !redirect(to: String(decoding: name, as: UTF8.self)) { return ExitCode.failure }
      }
    }
    return nil
  }

  /// Connects as the options say, or starts the sandbox; an exit code where that fails.
  private mutating func makeConnection(_ options: ParsedOptions) -> Int32? {
    promptsForPassword =
      switch options.passwordPrompt {
      case .ifNeeded: .whenAsked
      case .never: .never
      case .always: .always
      }
    isOffline = options.medic.offline
    if isOffline { return nil }
    var parameters: [(keyword: String, value: String)] = []
    if let wanted = options.medic.sandbox {
      do throws(SandboxError) {
        parameters = try startSandbox(wanted)
      } catch {
        reporter.fatal("could not start the sandbox: \(error)")
        return ExitCode.badConnection
      }
    } else {
      func add(_ keyword: String, _ value: [UInt8]?) {
        if let value { parameters.append((keyword, String(decoding: value, as: UTF8.self))) }
      }
      add("host", options.host)
      add("port", options.port)
      add("user", options.user)
      add("dbname", options.listsDatabases && options.database == nil ? Array("postgres".utf8) : options.database)
    }
    parameters.append(("fallback_application_name", reporter.program))
    if hasTerminal, environment("PGCLIENTENCODING") == nil { parameters.append(("client_encoding", "auto")) }
    do throws(PostgresError) {
      try connect(parameters)
    } catch {
      reporter.fatal(error.message)
      pointToFreeSlots(error.message)
      return ExitCode.badConnection
    }
    if isReadOnly { _ = try? connection?.execute("SET default_transaction_read_only = on") }
    return nil
  }

  private mutating func startSandbox(
    _ wanted: MedicOptions.Sandbox
  ) throws(SandboxError) -> [(keyword: String, value: String)] {
    var options = ClusterOptions(.demo)
    if case .directory(let path) = wanted { options.keptIn = String(decoding: path, as: UTF8.self) }
    forgetConnectionEnvironment()
    let box = SandboxBox(try Cluster.start(options))
    sandbox = box
    return box.parameters
  }

  /// Commands from standard input: a person at the prompt, or a script piped in.
  private mutating func runStandardInput(_ options: ParsedOptions) -> Int32 {
    reporter.isTerse = true
    if options.readsStartupFile { readStartupFiles() }
    isInteractiveSession = true
    guard hasTerminal else { return inTransaction(options) { $0.run($0.standardInput(options)) } }
    connectionWarnings(atStart: true)
    if !settings.quiet {
      output.append("Type \"help\" for help.\n")
      if !isPsql { output.append("\\? medic lists the commands that examine this database.\n") }
      output.append("\n")
    }
    return run(standardInput(options))
  }

  private mutating func standardInput(_ options: ParsedOptions) -> any LineSource {
    guard hasTerminal else { return DescriptorSource(STDIN_FILENO, closesAtEnd: false) }
    if options.usesLineEditor, let editor = openEditor() { return editor }
    let output = self.output
    return DescriptorSource(STDIN_FILENO, closesAtEnd: false) { prompt in
      output.append(prompt.filter { $0 != "\u{1}" && $0 != "\u{2}" })
      output.flush()
    }
  }

  /// `-c` and `-f` in their order, in one transaction with `-1`.
  private mutating func runActions(_ options: ParsedOptions) -> Int32 {
    if options.readsStartupFile { readStartupFiles() }
    return inTransaction(options) { session in
      var code = ExitCode.success
      for action in options.actions {
        if code != ExitCode.success, session.settings.onErrorStop { break }
        switch action {
        case .command(let text): code = session.runCommandText(text)
        case .file(let name): code = session.runFile(String(decoding: name, as: UTF8.self))
        }
        // as psql, which from its first action on writes messages without its name
        session.reporter.isTerse = true
        if session.lostConnection { return ExitCode.badConnection }
      }
      return code
    }
  }

  /// Runs `body`, with `-1` in a transaction that is committed unless something failed under ON_ERROR_STOP.
  private mutating func inTransaction(_ options: ParsedOptions, _ body: (inout Session) -> Int32) -> Int32 {
    guard options.singleTransaction else { return body(&self) }
    if !runHidden("BEGIN") { return settings.onErrorStop ? ExitCode.script : ExitCode.success }
    let code = body(&self)
    if lostConnection { return code }
    let commits = code == ExitCode.success || !settings.onErrorStop
    let ended = runHidden(commits ? "COMMIT" : "ROLLBACK")
    return !ended && settings.onErrorStop ? ExitCode.script : code
  }

  private mutating func runCommandText(_ text: [UInt8]) -> Int32 {
    reporter.isTerse = true
    defer { reporter.isTerse = false }
    guard text.first == UInt8(ascii: "\\") else {
      if settings.echo == .all {
        output.append(text)
        output.append("\n")
      }
      return send(text) ? ExitCode.success : ExitCode.failure
    }
    scanner = Scanner(standardStrings: usesStandardStrings)
    scanner.feed(text)
    hasQueryBuffer = false
    defer { hasQueryBuffer = true }
    guard case .backslash = scan() else { return ExitCode.failure }
    switch runCommand() {
    case .failed: return ExitCode.failure
    default: return ExitCode.success
    }
  }

  private mutating func runHidden(_ sql: String) -> Bool { (try? ask(sql)) != nil }
}

/// Keeps the sandbox's server as long as the session.
final class SandboxBox {
  let cluster: Cluster
  init(_ cluster: consuming Cluster) { self.cluster = cluster }
  var parameters: [(keyword: String, value: String)] {
    cluster.connectionParameters.map { (keyword: $0.0, value: $0.1) }
  }
}

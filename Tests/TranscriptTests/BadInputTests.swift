import CShims
import Glibc
import Sandbox
import Testing

/// Bad input gets a clear message and the right exit code, and the session goes on.
@Suite struct BadInputTests {
  private let program: Program
  private let place = Place()

  init() throws { program = Program.on(try SharedCluster.empty().database(named: "bad_input")) }

  @Test func unknownOption() {
    let outcome = program.run(["--nosuch"])
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("--nosuch"))
    #expect(outcome.errors.contains("Try \"pgmedic --help\" for more information."))
  }

  @Test func missingFile() {
    let outcome = program.run(["-X", "-f", "/nonexistent/file.sql"])
    #expect(outcome.code == 1)
    #expect(outcome.errors == "pgmedic: error: /nonexistent/file.sql: No such file or directory\n")
  }

  @Test func fileThatIncludesItself() {
    let path = place.path("self.sql")
    place.write("self.sql", "\\i \(path)\nselect 'goes on' as after;\n")
    let outcome = program.run(["-X", "-At", "-f", path])
    #expect(outcome.errors.contains("is one including itself?"))
    #expect(outcome.output.contains("goes on"))
    #expect(outcome.code == 0)
    #expect(program.run(["-X", "-v", "ON_ERROR_STOP=1", "-f", path]).code == 3)
  }

  @Test func directoryInPlaceOfAFile() {
    let outcome = program.run(["-X", "-f", "/tmp"])
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("could not read from input file: Is a directory"))
  }

  @Test(arguments: ["select 'open", "select \"open", "select $x$ open", "select 1 /* open"])
  func openAtTheEndOfTheFile(_ text: String) {
    place.write("open.sql", text + "\n")
    let outcome = program.run(["-X", "-v", "ON_ERROR_STOP=1", "-f", place.path("open.sql")])
    #expect(outcome.code == 3)
    #expect(outcome.errors.contains("ERROR:  unterminated"))
  }

  @Test func openIfAtTheEndOfTheFile() {
    let outcome = program.run(["-X", "-v", "ON_ERROR_STOP=1"], input: Array("\\if true\nselect 1;\n".utf8))
    #expect(outcome.code == 3)
    #expect(outcome.errors == "reached EOF without finding closing \\endif(s)\n")
  }

  @Test func byteOrderMarkAndCarriageReturns() {
    let text: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("select 1 as a;\r\n\\echo two\r\nselect 3\r\n  as c;\r\n".utf8)
    let outcome = program.run(["-X", "-At"], input: text)
    #expect(outcome.output == "1\ntwo\n3\n")
    #expect(outcome.code == 0)
  }

  @Test func nulCutsItsLine() {
    let text = Array("select 1 as a; \u{0} select 2;\n;select 3;\n".utf8)
    let outcome = program.run(["-X", "-At"], input: text)
    #expect(outcome.output.hasPrefix("1\n"))
    #expect(outcome.output.hasSuffix("3\n"))
  }

  @Test func invalidUTF8() {
    let text: [UInt8] = Array("select '".utf8) + [0xFF, 0xFE] + Array("';\nselect 'goes on';\n".utf8)
    let outcome = program.run(["-X", "-At"], input: text)
    #expect(outcome.errors.contains("invalid byte sequence for encoding \"UTF8\""))
    #expect(outcome.output == "goes on\n")
  }

  @Test func unknownCommandGoesOn() {
    let outcome = program.run(["-X", "-At"], input: Array("\\nosuch\nselect 1;\n".utf8))
    #expect(outcome.errors == "invalid command \\nosuch\n")
    #expect(outcome.output == "1\n")
    #expect(program.run(["-X", "-c", "\\nosuch"]).code == 1)
  }

  @Test func fieldOfAMegabyte() {
    let outcome = program.run(["-X", "-At", "-c", "select repeat('x', 1000000)"])
    #expect(outcome.output.utf8.count == 1_000_001)
    #expect(outcome.code == 0)
  }

  @Test func closedStandardOutput() {
    let pid = program.start(["-X", "-c", "select 1"], descriptors: [0, -1, 2])
    #expect(exitCode(pid) == 1)
  }

  @Test func fullDiskBehindOutput() throws {
    try #require(access("/dev/full", W_OK) == 0)
    let outcome = program.run(
      ["-X", "-At"], input: Array("\\o /dev/full\nselect repeat('x', 100000);\n\\o\nselect 'goes on';\n".utf8))
    #expect(outcome.errors.contains("No space left on device"))
    #expect(outcome.output == "goes on\n")
  }

  @Test func serverKilledDuringAQuery() {
    let outcome = program.run(
      ["-X", "-v", "ON_ERROR_STOP=0"],
      input: Array("select pg_terminate_backend(pg_backend_pid());\nselect 'not reached';\n".utf8))
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("connection to server was lost"))
    #expect(!outcome.output.contains("not reached"))
  }

  @Test(arguments: ["select pg_sleep(60)", "copy (select pg_sleep(60)) to stdout"])
  func interruptDuring(_ text: String) throws {
    let out = place.path("out")
    let descriptor = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let nothing = open("/dev/null", O_RDONLY)
    defer { close(nothing) }
    let pid = program.start(["-X", "-c", text], descriptors: [nothing, descriptor, descriptor])
    let running =
      "select 1 from pg_stat_activity where datname = 'bad_input' and state = 'active' and pid <> pg_backend_pid() "
      + "and query ilike '\(text.prefix(12))%'"
    for _ in 0..<600 where try SharedCluster.empty().run(running).isEmpty { usleep(50_000) }
    kill(pid, SIGINT)
    #expect(exitCode(pid) == 1)
    let said = place.read("out")
    #expect(said.contains("Cancel request sent"))
    #expect(said.contains("ERROR:  canceling statement due to user request"))
  }

  @Test func noServerForTheSandbox() {
    var lonely = program
    lonely.environment["PGMEDIC_PG_BIN"] = "/nonexistent"
    let outcome = lonely.run(["--sandbox", "-X", "-c", "select 1"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("could not start the sandbox"))
  }

  @Test func examinationsWithoutConnectionPatternOrOption() {
    #expect(program.run(["--offline", "-X", "-c", "\\fkcheck"]).errors.contains("no connection"))
    #expect(program.run(["-X", "-c", "\\fkcheck (nosuch=1)"]).errors.contains("nosuch"))
    #expect(program.run(["-X", "-c", "\\fkcheck a.b.c.d"]).code == 1)
    let unknownSlot = program.run(["-X", "-c", "\\fill index-concurrently nosuch=1 table=t columns=a"])
    #expect(unknownSlot.errors.contains("has no slot \"nosuch\""))
    #expect(unknownSlot.code == 1)
  }

  @Test func findingsFailTheRun() throws {
    let parameters = try SharedCluster.empty().freshDatabase(named: "bad_findings")
    try SharedCluster.empty().run("create table p (id bigint primary key)", in: "bad_findings")
    try SharedCluster.empty().run("create table c (p bigint references p)", in: "bad_findings")
    let program = Program.on(parameters)
    #expect(program.run(["-X", "-c", "\\fkcheck"]).code == 0)
    #expect(program.run(["-X", "--fail-on", "warning", "-c", "\\fkcheck"]).code == 4)
    #expect(program.run(["-X", "--fail-on", "warning", "-c", "\\fkcheck p"]).code == 0)
    let json = program.run(["-X", "--format", "json", "--fail-on", "none", "-c", "\\fkcheck"])
    #expect(json.code == 0)
    #expect(json.output.contains("\"schema\": \"pgmedic.findings/1\""))
    #expect(json.output.contains("\"rule\": \"fk-without-index\""))
  }

  private func exitCode(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}

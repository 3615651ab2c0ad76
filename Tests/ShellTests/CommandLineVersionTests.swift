import Testing

@testable import Shell

struct CommandLineVersionTests {
  @Test func calledAsPsqlItIsPsqls() {
    // psql (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
    let line = Version.line(for: Program(path: "/usr/bin/psql"))
    #expect(line.hasPrefix("psql (PostgreSQL) 15"))
    #expect(line.hasSuffix(Version.psql))
    #expect(Version.psqlNumber / 10_000 == 15)
    #expect(Version.psqlInFull.hasPrefix("PostgreSQL 15"))
  }

  @Test func calledByItsOwnNameItTellsWhatItMatchesAndWhatItUses() throws {
    let line = Version.line(for: Program(path: "pgmedic"))
    #expect(try #/pgmedic \d+\.\d+\.\d+ \(psql 15-compatible, libpq \d+\.\d+\)/#.wholeMatch(in: line) != nil)
  }
}

import Testing

@testable import Sandbox

@Suite struct InstallationTests {
  @Test func findsTheServersOfThisMachine() throws {
    let found = try ServerInstallation.find()
    #expect(ServerInstallation.supported.contains(found.major))
    #expect(Files.isExecutable(found.program("initdb")))
    #expect(try ServerInstallation.find(explicit: found.binDirectory) == found)
  }

  @Test func saysWhatToInstall() {
    let error = #expect(throws: SandboxError.self) { try ServerInstallation.find(explicit: "/nowhere") }
    #expect(error == .noServer(looked: ["/nowhere"]))
    #expect(error.map { "\($0)" }?.contains("apt-get install postgresql-15") == true)
  }

  @Test(arguments: [
    ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", "15.20"), ("postgres (PostgreSQL) 17.2\n", "17.2"),
    ("postgres (PostgreSQL) 19beta1", "19beta1"),
  ]) func readsVersions(_ line: String, _ version: String) {
    #expect(ServerInstallation.version(in: line) == version)
  }

  @Test(arguments: ["", "postgres (PostgreSQL)", "postgres (EnterpriseDB) 15", "psql (PostgreSQL) x"])
  func refusesOtherLines(_ line: String) { #expect(ServerInstallation.version(in: line) == nil) }
}

import Glibc
import Sandbox
import Testing

/// A session as typed, and what must be printed. psql is the oracle for its commands: `RECORD=1 swift test` writes the
/// `.out` files anew, from psql where it is installed, and from pgmedic for those whose names begin with `medic-`.
@Suite struct TranscriptTests {
  private static let directory =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/transcripts"
  private static let psql = "/usr/lib/postgresql/15/bin/psql"

  static let names: [String] = {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".sql") { names.append(String(name.dropLast(4))) }
    }
    return names.sorted()
  }()

  @Test func thereAreTranscripts() { #expect(Self.names.count >= 10) }

  @Test(arguments: names) func prints(_ name: String) throws {
    let parameters = try SharedCluster.empty().freshDatabase(named: "transcript_\(name)")
    let text = fileBytes("\(Self.directory)/\(name).sql")
    let arguments = ["-X", "-a", "-q"]
    if getenv("RECORD") != nil {
      var recorder = Program.on(parameters)
      if !name.hasPrefix("medic-"), access(Self.psql, X_OK) == 0 { recorder.executable = Self.psql }
      let recorded = recorder.run(arguments, input: text, together: true)
      let path = "\(Self.directory)/\(name).out"
      if let stream = fopen(path, "w") {
        fputs(recorded.output, stream)
        fclose(stream)
      }
      try SharedCluster.empty().freshDatabase(named: "transcript_\(name)")
    }
    let expected = String(decoding: fileBytes("\(Self.directory)/\(name).out"), as: UTF8.self)
    var program = Program.on(parameters)
    if !name.hasPrefix("medic-") { program.path = "psql" }
    let printed = program.run(arguments, input: text, together: true)
    #expect(printed.output == expected)
    try SharedCluster.empty().run("DROP DATABASE \"transcript_\(name)\" WITH (FORCE)")
  }
}

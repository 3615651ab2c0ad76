import Printing
import Testing

/// What psql 15.20 printed, in `recorded`: our output is the same to the byte.
///
/// `RECORD=1 PSQL=/usr/lib/postgresql/15/bin/psql PGHOST=… swift test --filter RecordedTests` records it anew.
@Suite struct RecordedTests {
  @Test(arguments: RecordedCases.groups)
  func printsAsPsqlDid(_ group: String) throws {
    let cases = RecordedCases.cases(of: group)
    let path = Recording.path(of: group)
    if PsqlOracle.environment("RECORD") != nil {
      let printed = PsqlOracle.printed(cases)
      try #require(printed.count == cases.count)
      Files.write(Recording.encoded(zip(cases.map(\.name), printed)), to: path)
    }
    let recorded = Recording.decoded(try #require(Files.read(path)))
    #expect(recorded.map(\.name) == cases.map(\.name))
    for (printedCase, expected) in zip(cases, recorded) {
      let printed = try printedCase.printed()
      #expect(
        printed == expected.bytes,
        """
        \(expected.name)
        psql:
        \(String(decoding: expected.bytes, as: UTF8.self))
        we:
        \(String(decoding: printed, as: UTF8.self))
        """)
    }
  }
}

/// Outputs in a file: each after a line with its length in bytes and the name of its case.
enum Recording {
  static func path(of group: String) -> String {
    let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
    return "\(folder)/recorded/\(group).txt"
  }

  static func encoded(_ outputs: some Sequence<(String, [UInt8])>) -> [UInt8] {
    var bytes = Array("# RECORD=1 swift test --filter RecordedTests\n".utf8)
    for (name, output) in outputs { bytes += "=== \(output.count) \(name)\n".utf8 + output + "\n".utf8 }
    return bytes
  }

  static func decoded(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    var outputs: [(name: String, bytes: [UInt8])] = []
    var rest = bytes.drop { $0 != 0x0A }.dropFirst()
    while let end = rest.firstIndex(of: 0x0A) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ", maxSplits: 2)
      guard words.count == 3, let count = Int(words[1]) else { break }
      rest = rest[(end + 1)...]
      outputs.append((String(words[2]), Array(rest.prefix(count))))
      rest = rest.dropFirst(count + 1)
    }
    return outputs
  }
}

import Postgres
import Testing

/// Quoting is right when the server reads back what was quoted.
struct QuotingTests {
  static let nasty = [
    "", "plain", "it's", "''", "\\", "\\'", "a\\nb", "\"", "\"\"; drop", "$$", "$1", ":x", "--", "/*", "ü 漢字 🐘", "a\nb",
    "select", "Upper Case", ";",
  ]

  @Test(arguments: nasty, [true, false])
  func aLiteralIsReadBack(text: String, standardStrings: Bool) throws {
    let connection = try Server.connect()
    try connection.execute("SET escape_string_warning = off; SET standard_conforming_strings = \(standardStrings)")
    #expect(try value("SELECT \(connection.literal(text))", on: connection) == text)
  }

  @Test(arguments: nasty.filter { !$0.isEmpty })
  func anIdentifierIsReadBack(text: String) throws {
    let connection = try Server.connect()
    let result = try connection.execute("SELECT 1 AS \(connection.identifier(text))")
    #expect(result.columnName(0) == text)
  }

  @Test func textThatIsInvalidInTheEncodingIsRefused() throws {
    let connection = try Server.connect()
    let quoter = connection.quoter
    for bytes in [[0xC3], [0x61, 0xFF, 0x27], [0xE6, 0xBC]] as [[UInt8]] {
      #expect(throws: PostgresError.self) { _ = try quoter.literal(bytes) }
      #expect(throws: PostgresError.self) { _ = try quoter.identifier(bytes) }
    }
    #expect(connection.isAlive == true)
  }

  @Test func aPasswordIsEncryptedBeforeItTravels() throws {
    let connection = try Server.connect()
    let secret = try connection.encryptedPassword("pass'word", for: "postgres")
    #expect(secret.hasPrefix("SCRAM-SHA-256$4096:"))
    #expect(!secret.contains("pass"))
  }
}

/// The settings of a sandbox, as lines of postgresql.conf: so ALTER SYSTEM works on them, as command-line options would
/// not let it.
enum Settings {
  /// What a sandbox loses in a crash of the machine doesn't matter, so nothing is forced to disk; everything that shows
  /// problems is on: autovacuum, I/O timing, recorded statements, WAL enough for a standby.
  static func standard(for server: ServerInstallation) -> [(name: String, value: String)] {
    var list = [
      ("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off"), ("shared_buffers", "16MB"),
      ("max_connections", "60"), ("listen_addresses", ""), ("wal_level", "replica"), ("autovacuum", "on"),
      ("track_io_timing", "on"), ("max_prepared_transactions", "8"), ("log_checkpoints", "off"),
      // Nothing in /dev/shm, which is small in containers and would outlive a killed server.
      ("dynamic_shared_memory_type", "mmap"), ("timezone", "UTC"), ("log_timezone", "UTC"), ("lc_messages", "C"),
    ]
    if server.hasLibrary("pg_stat_statements") {
      list.append(("shared_preload_libraries", "pg_stat_statements"))
      // a cluster that many share forgets no statement of anybody's
      list.append(("pg_stat_statements.max", "20000"))
    }
    return list
  }

  /// Lines for postgresql.conf. Names are checked, values quoted.
  static func lines(_ settings: [(name: String, value: String)]) throws(SandboxError) -> String {
    var text = ""
    for (name, value) in settings {
      guard !name.isEmpty, name.utf8.allSatisfy(isNamePart) else { throw .badName(name) }
      text += "\(name) = '\(quoted(value))'\n"
    }
    return text
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The inside of a quoted value: the file's lexer knows doubled quotes, backslashes and `\n`.
  private static func quoted(_ value: String) -> String {
    var text = ""
    for character in value {
      switch character {
      case "'": text += "''"
      case "\\": text += "\\\\"
      case "\n", "\r\n": text += "\\n"
      default: text.append(character)
      }
    }
    return text
  }
}

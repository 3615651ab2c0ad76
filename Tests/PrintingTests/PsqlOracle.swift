import Printing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The real psql, asked how it prints: only when tests are recorded or compared at random.
///
/// `PSQL` names the program; where it connects is up to `PGHOST` and the like.
enum PsqlOracle {
  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// What psql prints for each of the cases, all in one session.
  static func printed(_ cases: [PrintedCase]) -> [[UInt8]] {
    let resetNewer: ByteString = environment("RANDOM_PSQL16") == nil ? "" : "\\pset xheader_width full\n"
    return answers(to: cases.map { reset + resetNewer + $0.script }, arguments: "-q")
  }

  /// What psql prints for each of the scripts, one after the other in one session; messages without file and line.
  static func answers(to scripts: [ByteString], arguments: String = "") -> [[UInt8]] {
    let marker = "~~~ next ~~~"
    var script: ByteString = ""
    for one in scripts { script += one + "\\echo '\(marker)'\n" }
    let path = "/tmp/printing-\(UInt64.random(in: 0 ... .max)).sql"
    defer { unlink(path) }
    Files.write(script.bytes, to: path)
    let output = Files.output(of: "\(environment("PSQL") ?? "psql") -X \(arguments) <\(path) 2>&1")
    return output.split(bySequence: Array((marker + "\n").utf8)).dropLast().map(Array.init)
  }

  /// Puts every option back to its default.
  private static let reset: ByteString = """
    \\set FETCH_COUNT 0
    \\pset border 1
    \\pset columns 0
    \\pset csv_fieldsep ,
    \\pset expanded off
    \\pset fieldsep '|'
    \\pset footer on
    \\pset format aligned
    \\pset linestyle ascii
    \\pset null ''
    \\pset numericlocale off
    \\pset pager off
    \\pset recordsep '\\n'
    \\pset tableattr
    \\pset title
    \\pset tuples_only off
    \\pset unicode_border_linestyle single
    \\pset unicode_column_linestyle single
    \\pset unicode_header_linestyle single

    """
}

/// Files and programs by the C library.
enum Files {
  static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    return contents(of: file)
  }

  static func output(of command: String) -> [UInt8] {
    guard let pipe = popen(command, "r") else { return [] }
    defer { pclose(pipe) }
    return contents(of: pipe)
  }

  private static func contents(of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}

extension [UInt8] {
  /// The parts between occurrences of `separator`.
  func split(bySequence separator: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var rest = self[...]
    while let place = rest.firstRange(of: separator) {
      parts.append(rest[..<place.lowerBound])
      rest = rest[place.upperBound...]
    }
    return parts + [rest]
  }
}

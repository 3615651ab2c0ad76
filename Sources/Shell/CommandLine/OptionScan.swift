import CShims
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One pass of the C library's `getopt_long` over a command line, with its answers as values.
struct OptionScan {
  enum Argument: Int32 {
    case none, required, optional  // the numbers are getopt's
  }

  enum Step: Equatable {
    /// The position of the name in the list of long names, or a short one.
    case long(Int, argument: [UInt8]?)
    case short(Character, argument: [UInt8]?)
    case longLacksArgument(Int)
    case shortLacksArgument(Character)
    case longTakesNoArgument(Int)
    /// Not known or ambiguous: as written, from the dashes on, with what follows an equals sign.
    case longNotFound(String)
    /// `word` is the argument that getopt finished last, which tells a lone `-?` from a cluster.
    case shortNotFound(Character, word: String)
  }

  private(set) var steps: [Step] = []
  /// The arguments that are not options, after getopt has moved them to the end.
  private(set) var rest: [[UInt8]] = []

  /// getopt keeps its place in globals: one command line at a time.
  private static let turn = Mutex(())
  /// Codes of long options begin above those of characters.
  private static let firstLongCode: Int32 = 256

  init(
    _ arguments: [[UInt8]], program: String, shorts: [(Character, Argument)], longs: [(String, Argument)]
  ) {
    // A leading colon: tell a missing argument from an unknown option, and print nothing.
    let letters = ":" + shorts.map { "\($0)" + String(repeating: ":", count: Int($1.rawValue)) }.joined()
    let names = longs.map { strdup($0.0) }
    // getopt reorders `argv`; `words` frees what it held.
    let words = ([Array(program.utf8)] + arguments).map(Self.copy)
    defer { for text in names + words { free(text) } }
    var table = zip(names, longs).enumerated().map { index, entry in
      option(
        name: UnsafePointer(entry.0), has_arg: entry.1.1.rawValue, flag: nil,
        val: Self.firstLongCode + Int32(index))
    }
    table.append(option(name: nil, has_arg: 0, flag: nil, val: 0))
    var argv = words + [nil]
    Self.turn.withLock { _ in
      shim_getopt_reset()
      while true {
        let found = shim_getopt(Int32(words.count), &argv, letters, table)
        let next = Int(found.next)
        guard found.code != -1 else {
          rest = argv[min(next, words.count)..<words.count].map(Self.bytes)
          return
        }
        steps.append(Self.step(found, word: argv.indices.contains(next - 1) ? argv[next - 1] : nil))
      }
    }
  }

  private static func step(_ found: shim_option, word: UnsafeMutablePointer<CChar>?) -> Step {
    let culprit = found.culprit
    // getopt knows bytes only: half a character shows as such.
    let byte = UInt8(truncatingIfNeeded: culprit)
    let letter = byte < 0x80 ? Character(UnicodeScalar(byte)) : "\u{FFFD}"
    let word = word.map { String(cString: $0) } ?? ""
    switch found.code {
    case firstLongCode...:
      return .long(Int(found.code - firstLongCode), argument: found.argument.map(bytes))
    case Int32(UInt8(ascii: ":")):
      return culprit >= firstLongCode ? .longLacksArgument(Int(culprit - firstLongCode)) : .shortLacksArgument(letter)
    case Int32(UInt8(ascii: "?")):
      if culprit >= firstLongCode { return .longTakesNoArgument(Int(culprit - firstLongCode)) }
      return culprit == 0 ? .longNotFound(word) : .shortNotFound(letter, word: word)
    default:
      let letter = Character(UnicodeScalar(UInt8(truncatingIfNeeded: found.code)))
      return .short(letter, argument: found.argument.map(bytes))
    }
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
    (bytes + [0]).withUnsafeBytes { $0.bindMemory(to: CChar.self).baseAddress.flatMap { strdup($0) } }
  }

  private static func bytes(_ text: UnsafeMutablePointer<CChar>?) -> [UInt8] {
    text.map { bytes(UnsafePointer($0)) } ?? []
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}

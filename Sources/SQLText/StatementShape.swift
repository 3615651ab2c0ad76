/// What the words of a statement outside parentheses say about where it ends.
///
/// psql has no parser: by their first words it recognises the statements that hold semicolons of their own (functions
/// and procedures with `BEGIN ATOMIC … END`, where `CASE … END` nests) and those that data follow (`COPY … FROM STDIN`,
/// since 15.19). The same words lead to the same decisions here, also where psql's are doubtful: any word `begin`
/// after `CREATE FUNCTION` opens a body, and `COPY` counts only if `STDIN` is among the first eight words.
struct StatementShape: Equatable, Sendable {
  private enum Progress {
    case start, create, createOr, createOrReplace, routine, copy, copyFrom, other
  }

  private var progress = Progress.start
  private var words = 0

  /// How many `BEGIN` and `CASE` are open in the body of a routine.
  private(set) var beginDepth = 0

  /// How many `COPY … FROM STDIN` the text since the last `reset()` has.
  private(set) var copies = 0

  /// Takes note of the word at `range`, which isn't inside parentheses.
  @inline(__always)
  mutating func word(_ bytes: borrowing Span<UInt8>, at range: Range<Int>) {
    if progress != .other { advance(bytes, range) }
  }

  /// `\;` outside parentheses: another statement in the same text.
  mutating func separator() {
    if beginDepth == 0 { restart() }
  }

  /// A semicolon ended the text.
  mutating func reset() {
    self = StatementShape()
  }

  private mutating func restart() {
    progress = .start
    words = 0
  }

  private mutating func advance(_ bytes: borrowing Span<UInt8>, _ word: Range<Int>) {
    words += 1
    switch progress {
    case .start:
      progress = bytes.spells("create", in: word) ? .create : bytes.spells("copy", in: word) ? .copy : .other
    case .create:
      progress = bytes.spells("or", in: word) ? .createOr : startsRoutine(bytes, word) ? .routine : .other
    case .createOr:
      progress = bytes.spells("replace", in: word) ? .createOrReplace : .other
    case .createOrReplace:
      progress = startsRoutine(bytes, word) ? .routine : .other
    case .routine:
      if bytes.spells("begin", in: word) || (beginDepth > 0 && bytes.spells("case", in: word)) {
        beginDepth += 1
      } else if beginDepth > 0 && bytes.spells("end", in: word) {
        beginDepth -= 1
      }
    case .copy:
      if words >= 8 { progress = .other } else if bytes.spells("from", in: word) { progress = .copyFrom }
    case .copyFrom:
      if bytes.spells("stdin", in: word) || bytes.spells("stdout", in: word) { copies += 1 }
      progress = .other
    case .other:
      break
    }
  }

  private func startsRoutine(_ bytes: borrowing Span<UInt8>, _ word: Range<Int>) -> Bool {
    bytes.spells("function", in: word) || bytes.spells("procedure", in: word)
  }
}

/// What the text of a statement so far means for its end: see `Scanner.statementState`.
public struct StatementState: Equatable, Sendable {
  let parenthesisDepth: Int
  let shape: StatementShape
}

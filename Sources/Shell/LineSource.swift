import CShims
import Glibc

/// Where lines come from: a file, standard input, the line editor, or a text.
protocol LineSource: AnyObject {
  /// The next line without its newline, nil at the end.
  func next(prompt: () -> String) -> [UInt8]?
  /// The next line of COPY data, with its newline if it has one.
  func nextData(prompt: () -> String) -> [UInt8]?
  /// Lines are typed by a person.
  var isTerminal: Bool { get }
}

/// Nothing to read.
final class NoInput: LineSource {
  func next(prompt: () -> String) -> [UInt8]? { nil }
  func nextData(prompt: () -> String) -> [UInt8]? { nil }
  var isTerminal: Bool { false }
}

/// Lines of a file descriptor, read in large pieces.
///
/// A byte order mark at the start is skipped, NUL bytes cut the rest of their line (as in psql); CR stays, since it may be part of a string.
final class DescriptorSource: LineSource {
  private let descriptor: Int32
  private let closesAtEnd: Bool
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  private var isFirstLine = true
  let isTerminal: Bool
  /// Writes the prompt, where a person types without the line editor.
  private let showPrompt: ((String) -> Void)?

  init(_ descriptor: Int32, closesAtEnd: Bool, showPrompt: ((String) -> Void)? = nil) {
    self.descriptor = descriptor
    self.closesAtEnd = closesAtEnd
    self.showPrompt = showPrompt
    isTerminal = showPrompt != nil
    buffer = [UInt8](repeating: 0, count: 1 << 16)
  }

  deinit {
    if closesAtEnd { close(descriptor) }
  }

  func next(prompt: () -> String) -> [UInt8]? {
    showPrompt?(prompt())
    guard var line = rawLine() else { return nil }
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    if let nul = line.firstIndex(of: 0) { line.removeSubrange(nul...) }
    return line
  }

  func nextData(prompt: () -> String) -> [UInt8]? {
    showPrompt?(prompt())
    return rawLine()
  }

  private func rawLine() -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let newline = indexOfNewline() {
        line.append(contentsOf: buffer[start...newline])
        start = newline + 1
        return line
      }
      line.append(contentsOf: buffer[start..<end])
      if isAtEnd || !refill() { return line.isEmpty ? nil : line }
    }
  }

  private func indexOfNewline() -> Int? {
    guard start < end else { return nil }
    return buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, let found = memchr(base + start, 10, end - start) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  private func refill() -> Bool {
    start = 0
    end = 0
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        end = count
        return true
      }
      if count < 0, shim_errno() == EINTR, !shim_interrupt_pending() { continue }
      isAtEnd = !isTerminal  // a person may type on after Ctrl-D in COPY
      return false
    }
  }
}

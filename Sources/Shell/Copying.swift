import CShims
import Glibc
import Postgres
import Printing

extension Session {
  /// COPY TO STDOUT has begun: its data go to where query output goes, or where `\\copy` wants them.
  mutating func copyOut(_ flow: inout ResultFlow) {
    if let file = statement.file, copyTarget == nil {
      let fine = withFile(file) { (session, sink) in
        if !session.receive(into: sink) { session.reporter.output.flush() }
      }
      if !fine { flow.outcome.succeeded = false }
    } else {
      let sink = copyTarget ?? destination.sink
      // the tag would stand among the data
      flow.dropsNextTag = sink === destination.sink
      if !receive(into: sink) { flow.outcome.succeeded = false }
    }
  }

  /// COPY FROM STDIN has begun: its data come from the input, or from where `\\copy` says.
  mutating func copyIn(_ flow: inout ResultFlow) {
    if copyData == nil { flow.copiesFromInput -= 1 }
    if !send(copyData ?? SessionData(input)) { flow.outcome.succeeded = false }
  }

  private mutating func receive(into sink: ByteSink) -> Bool {
    while true {
      let read = connection?.readCopy { sink.append($0) }
      switch read {
      case .data: continue
      case .done:
        sink.flush()
        guard sink.error != 0 else { return true }
        if sink === output { hasReportedOutput = true }
        reporter.report(.error, "could not write COPY data: \(String(cString: strerror(sink.error)))")
        return false
      case .failed(let why):
        sink.flush()
        reporter.report(.information, "COPY data transfer failed: \(why)")
        return false
      case nil:
        return false
      }
    }
  }

  /// COPY FROM STDIN out of `data`; false when the data ended in an error or the person pressed Ctrl-C.
  private mutating func send(_ data: any CopyData) -> Bool {
    if data.isTerminal, !settings.quiet {
      output.append(
        """
        Enter data to be copied followed by a newline.
        End with a backslash and a period on a line by itself, or an EOF signal.

        """)
      output.flush()
    }
    var fine = true
    let prompt = data.isTerminal ? settings.prompt3 : ""
    let shown = expandedPrompt(prompt)
    while let piece = data.next(prompt: { shown }) {
      if shim_interrupt_pending() {
        _ = connection?.endCopy(error: "canceled by user")
        return false
      }
      if data.countsLines { reporter.line += 1 }
      let isEnd = data.endsAtMark && isEndMark(piece)
      if isEnd { break }
      fine = piece.withUnsafeBufferPointer { connection?.writeCopy($0) } ?? false
      if !fine { break }
    }
    if shim_interrupt_pending() {
      _ = connection?.endCopy(error: "canceled by user")
      return false
    }
    let ended = connection?.endCopy(error: data.failure.map { "aborted because of read failure: \($0)" }) ?? false
    return fine && ended && data.failure == nil
  }

  /// The data behind COPY commands that the server did not take: read up to `\.` and thrown away (psql since 15.19).
  mutating func discardCopyData(_ flow: inout ResultFlow) {
    guard !isInteractive, copyData == nil, connection != nil else { return }
    while flow.copiesFromInput > 0 {
      flow.copiesFromInput -= 1
      while let line = input.nextData(prompt: { "" }) {
        reporter.line += 1
        if isEndMark(line) { break }
      }
    }
  }
}

/// A line that is `\.` alone.
func isEndMark(_ line: [UInt8]) -> Bool {
  line.count <= 4 && line.count >= 2 && line[0] == UInt8(ascii: "\\") && line[1] == UInt8(ascii: ".")
    && line.dropFirst(2).allSatisfy { $0 == 10 || $0 == 13 }
}

/// Where the data of COPY FROM STDIN come from.
protocol CopyData: AnyObject {
  func next(prompt: () -> String) -> [UInt8]?
  /// A person types the data.
  var isTerminal: Bool { get }
  /// The data are lines of the script, so they count as its lines.
  var countsLines: Bool { get }
  /// A line `\.` ends the data.
  var endsAtMark: Bool { get }
  /// Why reading ended before the end.
  var failure: String? { get }
}

/// Data in line, after the statement.
final class SessionData: CopyData {
  private let source: any LineSource
  init(_ source: any LineSource) { self.source = source }
  func next(prompt: () -> String) -> [UInt8]? { source.nextData(prompt: prompt) }
  var isTerminal: Bool { source.isTerminal }
  var countsLines: Bool { true }
  var endsAtMark: Bool { true }
  var failure: String? { nil }
}

/// Data of a file or program, in large pieces.
final class DescriptorData: CopyData {
  private let descriptor: Int32
  private(set) var failure: String?
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func next(prompt: () -> String) -> [UInt8]? {
    var got = 0
    let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      repeat {
        got = read(descriptor, buffer.baseAddress, buffer.count)
      } while got < 0 && shim_errno() == EINTR
        && !shim_interrupt_pending()
      count = max(0, got)
    }
    if got < 0 { failure = errorText() }
    return piece.isEmpty ? nil : piece
  }

  var isTerminal: Bool { false }
  var countsLines: Bool { false }
  var endsAtMark: Bool { false }
}

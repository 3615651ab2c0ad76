import CShims
import Glibc
import Printing
import SQLText

/// `\\watch [SECONDS]`: sends the query buffer again and again.
struct Watch: MetaCommand {
  let help = Help(
    "watch", arguments: [.any], in: .general, syntax: "[SEC]", summary: "execute query every SEC seconds")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var seconds = 2.0
    if let text = try session.argument() { seconds = try interval(text, session) }
    let text = session.query.isEmpty ? session.previousQuery : session.query
    guard !text.isEmpty else { throw session.failed("\\watch cannot be used with an empty query") }
    defer {
      session.previousQuery = text
      session.query.removeAll()
      session.scanner.reset()
    }
    let original = session.printing
    defer { session.printing = original }
    let userTitle = original.title.map { "\($0)\t" } ?? ""
    var isFine = true
    while true {
      session.printing.title = ByteString("\(userTitle)\(timeText())\u{20}(every \(shortNumber(seconds))s)\n")
      isFine = session.send(text)
      if !isFine { break }
      session.output.flush()
      if !sleepUnlessInterrupted(seconds) || session.connection == nil { break }
    }
    if !session.settings.quiet { session.output.append("\n") }
    return isFine ? .done : .failed
  }

  private func interval(_ text: String, _ session: borrowing Session) throws(CommandError) -> Double {
    let value = Double(text)
    if session.isPsql {
      // psql 15 takes a second for what is no interval, and for none
      return value.map { $0 > 0 && $0.isFinite ? $0 : 1 } ?? 1
    }
    guard let value, value >= 0, value.isFinite else { throw .message("incorrect interval value \"\(text)\"") }
    return value
  }
}

/// Sleeps; false when Ctrl-C came.
func sleepUnlessInterrupted(_ seconds: Double) -> Bool {
  let end = monotonicSeconds() + seconds
  while true {
    if shim_interrupt_take() { return false }
    let left = end - monotonicSeconds()
    if left <= 0 { return true }
    poll(nil, 0, Int32(min(left, 1) * 1000) + 1)
  }
}

/// The date and time as the C locale's `%c` has it.
private func timeText() -> String {
  var now = time(nil)
  var parts = tm()
  localtime_r(&now, &parts)
  var buffer = [CChar](repeating: 0, count: 128)
  let count = strftime(&buffer, buffer.count, "%c", &parts)
  return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A number as `%g` prints it.
func shortNumber(_ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%g", $0) }
  return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

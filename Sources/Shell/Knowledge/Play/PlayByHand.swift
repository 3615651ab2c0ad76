import CShims
import Knowledge
import Printing

extension Session {
  /// Goes through a playbook with the person at the terminal. Always goes well: whoever stops knows why.
  mutating func playByHand(_ playing: inout Playing) throws(CommandError) -> Bool {
    var place = 0
    let way = playing.way
    let usual = printing
    defer { printing = usual }
    // a pager would hide the step that its answer belongs to, and wide rows read badly when they are folded
    printing.pager = .off
    if printing.expanded == .off { printing.expanded = .auto }
    output.append("\(playing.entry.title)\n")
    output.append(wordWrapped(playing.entry.summary, width: textWidth).map { "\($0)\n" }.joined())
    while place < way.count {
      let item = way[place]
      present(item, place + 1, of: way.count)
      if let obstacle = item.obstacle {
        output.append("Not here: \(obstacle).\n")
        playing.transcript.add(item, "", .skipped(obstacle))
        place += 1
        continue
      }
      switch try handle(item, &playing) {
      case .forward: place += 1
      case .back: place = max(0, place - 1)
      case .again: break
      case .stop: place = way.count
      }
    }
    playing.transcript.isCured = check(&playing)
    output.append("\nEnd of the playbook. \\handoff FILE writes down what was done.\n")
    finishOutput()
    return true
  }

  private enum Move { case forward, back, again, stop }

  private mutating func present(_ item: Playing.NumberedStep, _ place: Int, of count: Int) {
    let head = "Step \(place) of \(count): \(item.step.title)  [\(item.step.effect)]"
    output.append("\n\(usesColour ? "\u{1b}[1m\(head)\u{1b}[0m" : head)\n")
    if !item.step.explanation.isEmpty {
      output.append(wordWrapped(item.step.explanation, width: textWidth).map { "\($0)\n" }.joined())
    }
  }

  /// One step: its slots, its SQL, the question, the answer.
  private mutating func handle(_ item: Playing.NumberedStep, _ playing: inout Playing) throws(CommandError) -> Move {
    if item.step.kind == .outside {
      output.append("\(item.step.sql)\n")
      switch question("[Enter] done, [s]kip, [b]ack, [q]uit: ") {
      case "b": return .back
      case "q", nil: return .stop
      case "s": playing.transcript.add(item, item.step.sql, .skipped("left out"))
      default: playing.transcript.add(item, item.step.sql, .outside)
      }
      return .forward
    }
    guard let (filled, lookedUp) = try filledByHand(item, &playing) else { return .forward }
    var sql = filled
    while true {
      output.append("\n\(sql)\n")
      for (name, offer) in lookedUp.sorted(by: { $0.key < $1.key }) {
        output.append("  \(name) = \(offer.value)\(offer.remark.isEmpty ? "" : ": \(offer.remark)")\n")
      }
      let ask =
        item.step.isChange
        ? "This \(item.step.effect)\(objects(item, playing, lookedUp)). [y]es run it, [e]dit, [v]alues, [s]kip, [b]ack, [q]uit: "
        : "[Enter] run, [e]dit, [v]alues, [s]kip, [b]ack, [q]uit: "
      switch question(ask) {
      case "e":
        if let text = try edited(Array(sql.utf8), line: nil) { sql = String(decoding: text, as: UTF8.self) }
        continue
      case "v":
        for slot in playing.entry.slots(for: item.step) { playing.given[slot.name] = nil }
        return .again
      case "s":
        playing.transcript.add(item, sql, .skipped("left out"))
        return .forward
      case "b": return .back
      case "q", nil: return .stop
      case "y", "yes": break
      case "" where !item.step.isChange: break
      default: continue
      }
      return run(item, sql, &playing)
    }
  }

  private mutating func run(_ item: Playing.NumberedStep, _ sql: String, _ playing: inout Playing) -> Move {
    if item.step.isChange {
      askForChecks(&playing)
      if makeChange(item, sql, &playing) { playing.transcript.isCured = check(&playing) }
      if playing.transcript.isCured == true { output.append("All checks hold: what is left may not be needed.\n") }
    } else {
      conclude(item, sql, runStep(item.step, sql), &playing)
    }
    if !item.step.reading.isEmpty {
      output.append(wordWrapped(item.step.reading, width: textWidth).map { "\($0)\n" }.joined())
    }
    switch question("[Enter] next, [a]gain, [b]ack, [q]uit: ") {
    case "a": return .again
    case "b": return .back
    case "q", nil: return .stop
    default: return .forward
    }
  }

  /// ` pid = 4711, index = public.i`
  private func objects(_ item: Playing.NumberedStep, _ playing: Playing, _ lookedUp: [String: Offer]) -> String {
    let values = item.step.variables.compactMap { name in
      (lookedUp[name]?.value ?? playing.given[name]?.plainText).map { "\(name) = \($0)" }
    }
    return values.isEmpty ? "" : " " + values.joined(separator: ", ")
  }

  /// Fills in a step, asking for what has no value; nil when the person leaves it out.
  private mutating func filledByHand(
    _ item: Playing.NumberedStep, _ playing: inout Playing
  ) throws(CommandError) -> (String, [String: Offer])? {
    while true {
      switch fill(item, in: playing) {
      case .ready(let sql, let lookedUp): return (sql, lookedUp)
      case .nothingOffered(let slot):
        output.append("The server has nothing for \(slot.name): nothing to do here.\n")
        playing.transcript.add(item, "", .skipped("the server has nothing for \(slot.name)"))
        return nil
      case .missing(let slots):
        for slot in slots {
          guard let value = askValue(slot, playing.given) else {
            playing.transcript.add(item, "", .skipped("no value for \(slot.name)"))
            return nil
          }
          playing.given[slot.name] = .text(value)
        }
      case .invalid(let text):
        reporter.report(.error, text)
        for slot in playing.entry.slots(for: item.step) { playing.given[slot.name] = nil }
      }
    }
  }

  /// Asks for what the checks need and no step has asked for; what is left out is not checked then.
  private mutating func askForChecks(_ playing: inout Playing) {
    for item in playing.checks {
      guard case .missing(let slots) = fill(item, in: playing) else { continue }
      for slot in slots where !slot.isOptional && playing.given[slot.name] == nil {
        output.append("To check \"\(item.step.title)\":\n")
        if let value = askValue(slot, playing.given) { playing.given[slot.name] = .text(value) }
      }
    }
  }

  /// Asks for a slot's value: a number of the list, a value, or nothing to leave the step out.
  private mutating func askValue(_ slot: Slot, _ given: [String: SlotValue]) -> String? {
    let offers = offers(for: slot, given) ?? []
    for (index, offer) in offers.prefix(9).enumerated() {
      output.append("  \(index + 1). \(offer.value)\(offer.remark.isEmpty ? "" : "  \(offer.remark)")\n")
    }
    if offers.count > 9 { output.append("  and \(offers.count - 9) more\n") }
    let how = offers.isEmpty ? "a value" : "a number or a value"
    guard let answer = question("\(slot.name): \(how), [Enter] leaves the step out: "), !answer.isEmpty else {
      return nil
    }
    if let number = Int(answer), number >= 1, number <= min(9, offers.count), slot.type != .int {
      return offers[number - 1].value
    }
    return answer
  }

  /// Asks on the terminal; nil at the end of input or after Ctrl-C.
  private mutating func question(_ text: String) -> String? {
    output.append(text)
    output.flush()
    guard let answer = readLine(strippingNewline: true), !shim_interrupt_pending() else { return nil }
    return String(answer.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

import CShims
import Knowledge
import Printing

extension Session {
  /// Goes through a playbook without asking anything; whether it went well to its end.
  ///
  /// What only looks runs first to last. A change runs where `confirmed`, its slots have values, and the playbook's
  /// checks don't hold yet; it is followed by the checks. A missing value for what looks or checks is an error before
  /// anything runs, an unconfirmed change is one when it comes to it.
  mutating func playByScript(_ playing: inout Playing, confirmed: Bool) throws(CommandError) -> Bool {
    try refuseMissing(playing)
    var isCured: Bool?
    var hasLookedForCure = false
    var changes = (made: 0, left: [String]())
    for item in playing.way {
      if shim_interrupt_pending() { throw .message("cancelled; steps from \(item.number) on were not run") }
      if let obstacle = item.obstacle {
        skip(item, obstacle, &playing)
        continue
      }
      guard item.step.isChange else {
        guard look(item, &playing) else { return false }
        continue
      }
      if !hasLookedForCure {
        hasLookedForCure = true
        isCured = check(&playing)
      }
      if isCured == true {
        skip(item, "not needed, all checks hold", &playing)
        continue
      }
      guard confirmed else {
        throw .message(
          "step \(item.number) (\(item.step.title)) changes something: (confirm=on) lets changes run, (steps=LIST) picks"
            + " others")
      }
      switch try change(item, &playing) {
      case .made:
        changes.made += 1
        isCured = check(&playing)
      case .left(let reason): changes.left.append("\(item.number): \(reason)")
      case .failed: return false
      }
    }
    if !hasLookedForCure { isCured = check(&playing) }
    playing.transcript.isCured = isCured
    if confirmed, changes.made == 0, isCured != true, !changes.left.isEmpty {
      throw .message("no change could be made. \(changes.left.joined(separator: ". "))")
    }
    switch isCured {
    case true?: output.append("\(playing.entry.id): all checks hold.\n")
    case false?: throw .message("\(playing.entry.id): a check does not hold yet")
    case nil: break
    }
    return true
  }

  private enum Change { case made, left(String), failed }

  /// Throws when what looks or checks lacks a value that nothing offers.
  private mutating func refuseMissing(_ playing: Playing) throws(CommandError) {
    var names: [String] = []
    for item in playing.steps where item.step.kind == .read && item.obstacle == nil {
      for slot in playing.entry.slots(for: item.step)
      where playing.given[slot.name] == nil && slot.defaultText == nil && !slot.isOptional && !names.contains(slot.name)
      {
        names.append(slot.name)
      }
    }
    guard names.isEmpty else {
      throw .message(
        FillError.missing(entry: playing.entry.id, names: names, known: playing.entry.slots).description
          + "\n\\play \(playing.entry.id) \(names.map { "\($0)=VALUE" }.joined(separator: " ")) gives them.")
    }
  }

  private mutating func look(_ item: Playing.NumberedStep, _ playing: inout Playing) -> Bool {
    if item.step.kind == .outside {
      announce(item, item.step.sql)
      playing.transcript.add(item, item.step.sql, .outside)
      return true
    }
    switch fill(item, in: playing) {
    case .ready(let sql, let lookedUp):
      announce(item, sql, lookedUp)
      let outcome = runStep(item.step, sql)
      conclude(item, sql, outcome, &playing)
      // a view that this role may not read ends no playbook
      return connection != nil
    case .nothingOffered(let slot): skip(item, "the server has nothing for \(slot.name)", &playing)
    case .missing(let slots): skip(item, "no value for \(slots.map { $0.name }.joined(separator: ", "))", &playing)
    case .invalid(let text):
      reporter.report(.error, text)
      return false
    }
    return true
  }

  private mutating func change(
    _ item: Playing.NumberedStep, _ playing: inout Playing
  ) throws(CommandError) -> Change {
    var seen: Set<String> = []
    // several sessions may stand in the way, several indexes be invalid: one after the other, as long as there are new ones
    for _ in 0..<100 {
      if shim_interrupt_pending() { throw .message("cancelled in step \(item.number)") }
      switch fill(item, in: playing) {
      case .ready(let sql, let lookedUp):
        guard seen.insert(sql).inserted else { return .made }
        announce(item, sql, lookedUp)
        guard makeChange(item, sql, &playing) else { return .failed }
        if lookedUp.isEmpty { return .made }
      case .nothingOffered(let slot):
        if !seen.isEmpty { return .made }
        let reason = "the server has nothing for \(slot.name)"
        skip(item, reason, &playing)
        return .left(reason)
      case .missing(let slots):
        let reason = "no value for \(slots.map { $0.name }.joined(separator: ", "))"
        skip(item, reason, &playing)
        return .left(reason)
      case .invalid(let text):
        throw .message(text)
      }
    }
    return .made
  }

  /// Runs a change, again and again where it goes by batches; false when it failed.
  mutating func makeChange(_ item: Playing.NumberedStep, _ sql: String, _ playing: inout Playing) -> Bool {
    while true {
      let outcome = runStep(item.step, sql)
      conclude(item, sql, outcome, &playing)
      guard case .ran(let answers, _) = outcome else { return false }
      guard item.step.repeats, answers.contains(where: { $0.changedRows }), !shim_interrupt_pending() else {
        if item.step.takesEffectLater, answers.contains(where: { $0.rowCount > 0 }) { settle(playing) }
        return true
      }
    }
  }

  /// Runs the checks; whether all hold, nil when there is none that could be run.
  mutating func check(_ playing: inout Playing) -> Bool? {
    var holds: Bool?
    for item in playing.checks {
      let filled = fill(item, in: playing)
      if case .missing(let slots) = filled, let slot = slots.first(where: { !$0.isOptional }) {
        output.append("\n-- \(item.number). \(item.step.title): not checked, no value for \(slot.name)\n")
        holds = false
      }
      guard case .ready(let sql, let lookedUp) = filled else { continue }
      announce(item, sql, lookedUp)
      let outcome = runStep(item.step, sql)
      conclude(item, sql, outcome, &playing)
      if case .ran(_, let asExpected?) = outcome { holds = (holds ?? true) && asExpected } else { holds = false }
    }
    return holds
  }

  // MARK: What is shown

  /// Number, title and SQL of a step that is about to run.
  mutating func announce(_ item: Playing.NumberedStep, _ sql: String, _ lookedUp: [String: Offer] = [:]) {
    output.append("\n-- \(item.number). \(item.step.title) [\(item.step.effect)]\n")
    for (name, offer) in lookedUp.sorted(by: { $0.key < $1.key }) {
      output.append("-- \(name) = \(offer.value)\(offer.remark.isEmpty ? "" : " (\(offer.remark))")\n")
    }
    output.append(sql.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)\n" }.joined())
    output.flush()
  }

  private mutating func skip(_ item: Playing.NumberedStep, _ reason: String, _ playing: inout Playing) {
    output.append("\n-- \(item.number). \(item.step.title): skipped, \(reason)\n")
    playing.transcript.add(item, "", .skipped(reason))
  }

  /// Says whether what came was expected, and keeps it for the transcript.
  mutating func conclude(
    _ item: Playing.NumberedStep, _ sql: String, _ outcome: Transcript.Outcome, _ playing: inout Playing
  ) {
    if case .ran(_, let asExpected?) = outcome, let expects = item.step.expects {
      output.append("-- \(expects.verdict(asExpected))\n")
    }
    finishOutput()
    playing.transcript.add(item, sql, outcome)
  }
}

extension StepAnswer {
  /// A command that changed rows: `DELETE 5000`.
  fileprivate var changedRows: Bool {
    let words = tag.split(separator: " ")
    guard let verb = words.first, ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(verb) else { return false }
    return words.last.flatMap { Int($0) } ?? 0 > 0
  }
}

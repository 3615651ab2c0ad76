import Knowledge

/// A playbook on its way: its steps, the values of its slots, and what has been done so far.
struct Playing {
  /// A step with its number in the playbook, and why it can't be run here, if it can't.
  struct NumberedStep {
    let number: Int
    let step: Step
    let obstacle: String?
  }

  let entry: Entry
  private(set) var steps: [NumberedStep]
  /// Slots with the values that the person, the script or the last error gave.
  var given: [String: SlotValue]
  var transcript: Transcript

  init(_ entry: Entry, given: [String: SlotValue], steps: [NumberedStep], _ surroundings: String) {
    self.entry = entry
    self.given = given
    self.steps = steps
    transcript = Transcript(entry, surroundings)
  }

  /// The steps that look or change, in their order.
  var way: [NumberedStep] { steps.filter { !$0.isCheck } }

  /// What shows that the trouble is over: it runs by itself after each change.
  var checks: [NumberedStep] { steps.filter { $0.isCheck && $0.obstacle == nil } }

  /// Keeps the steps of a list like `2,4-6`; checks stay in any case. Throws for what isn't there.
  mutating func select(_ list: String?) throws(CommandError) {
    guard let list else { return }
    var chosen: Set<Int> = []
    for piece in list.split(separator: ",") {
      let ends = piece.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends.first.flatMap({ Int($0) }), let last = ends.last.flatMap({ Int($0) }),
        first >= 1, first <= last, last <= steps.count
      else {
        throw .message(
          "steps=\(list): \"\(piece)\" is no step; \(entry.id) has 1 to \(steps.count), (list=on) lists them")
      }
      chosen.formUnion(first...last)
    }
    steps = steps.filter { chosen.contains($0.number) || $0.isCheck }
  }

  /// `3. End a blocker …  [changes; pid]`
  var listing: String {
    var text = "\(entry.id): \(entry.title)\n"
    var section = ""
    for item in steps {
      if item.step.section != section {
        section = item.step.section
        text += "\n\(section)\n"
      }
      var facts = [item.step.effect] + item.step.variables
      if let obstacle = item.obstacle { facts.append("not here: \(obstacle)") }
      text += "\(item.number < 10 ? " " : "")\(item.number). \(item.step.title) [\(facts.joined(separator: ", "))]\n"
    }
    if !entry.slots.isEmpty {
      text += "\nSlots: \(entry.slots.map { $0.description }.joined(separator: "  "))\n"
    }
    return text
  }
}

extension Playing.NumberedStep {
  /// A step of the section Verify that says what it expects.
  var isCheck: Bool { step.section == "Verify" && step.kind == .read && step.expects != nil }
}

extension Step {
  var isChange: Bool { kind == .write || kind == .confirm }

  /// In one word for lists.
  var effect: String {
    switch kind {
    case .read: section == "Verify" ? "checks" : "looks"
    case .write: "changes"
    case .confirm: "ends or removes"
    case .outside: "outside SQL"
    case .up, .down, .verify, .rails: "template"
    }
  }
}

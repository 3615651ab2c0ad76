extension Entry {
  /// The slots that a step's SQL uses, and before them those from which their defaults and candidates are worked out.
  public func slots(for step: Step) -> [Slot] {
    var found: [Slot] = []
    func add(_ name: String, _ path: [String]) {
      guard let slot = slot(named: name), !path.contains(name), !found.contains(slot) else { return }
      var sources = SlotQuery(for: slot)?.parameters ?? []
      if let home = slot.home { sources.append(home) }
      if let text = slot.defaultText, !slot.defaultsFromCatalog {
        sources += Template(text, language: "ruby").parts.compactMap { $0.slot }
      }
      for source in sources { add(source, path + [name]) }
      found.append(slot)
    }
    for name in step.variables { add(name, []) }
    return found
  }
}

extension Slot {
  /// Whether a change may take what the server offers without anybody having chosen it.
  ///
  /// What stands in others' way or is broken names itself; what follows from the other slots has to be the only one.
  /// Anything else (the biggest table, an inactive slot) is a suggestion and nobody's choice yet.
  public func mayBeChosen(from offers: Int) -> Bool {
    switch defaultText {
    case "invalid_ones", "root_blocker", "unvalidated": offers > 0
    case "confrelid", "column_type", "indexdef": offers == 1
    default: false
    }
  }
}

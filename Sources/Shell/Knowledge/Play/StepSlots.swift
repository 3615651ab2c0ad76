import Knowledge
import Postgres

/// What the server offers for a slot.
struct Offer {
  let value: String
  /// What helps to choose: a size, a state, an age.
  let remark: String
}

/// A step's SQL with its slots filled in, or what keeps it from being filled in.
enum FilledStep {
  /// `looked up`: slots whose value the server offered, with what it said of it.
  case ready(sql: String, lookedUp: [String: Offer])
  /// Slots that nobody gave a value.
  case missing([Slot])
  /// The server was asked and has none.
  case nothingOffered(Slot)
  case invalid(String)
}

extension Session {
  /// Fills in a step. Values that nobody gave are looked up; for a change only those that leave no choice.
  mutating func fill(_ item: Playing.NumberedStep, in playing: Playing) -> FilledStep {
    var values = playing.given
    var lookedUp: [String: Offer] = [:]
    for slot in playing.entry.slots(for: item.step) where values[slot.name] == nil && slot.defaultsFromCatalog {
      guard let offers = offers(for: slot, values) else { continue }
      guard let first = offers.first else {
        if slot.isOptional { continue }
        return .nothingOffered(slot)
      }
      if item.step.isChange, !slot.mayBeChosen(from: offers.count) { continue }
      values[slot.name] = .text(first.value)
      lookedUp[slot.name] = first
    }
    do throws(FillError) {
      return .ready(sql: try item.step.filled(in: playing.entry, slots: values), lookedUp: lookedUp)
    } catch {
      if case .missing(_, let names, _) = error {
        return .missing(names.compactMap { playing.entry.slot(named: $0) })
      }
      return .invalid(error.description)
    }
  }

  /// Asks the server what it offers for a slot; nil when it can't be asked, as inside a transaction of the user's, which
  /// a failure would end.
  mutating func offers(for slot: Slot, _ values: [String: SlotValue]) -> [Offer]? {
    guard let query = SlotQuery(for: slot), connection?.transactionStatus == .idle else { return nil }
    var parameters: [String?] = []
    for name in query.parameters {
      guard let value = values[name]?.plainText else { return nil }
      parameters.append(value)
    }
    parameters += query.filters.map { values[$0]?.plainText }
    let text = "/* pgmedic */ " + query.sql
    return try? connection?.readOnly(settings: slotLimits) { (connection) throws(PostgresError) in
      let result = try connection.query(text, parameters)
      return (0..<result.rowCount).compactMap { row in
        result.string(row: row, column: 0).map { Offer(value: $0, remark: result.string(row: row, column: 1) ?? "") }
      }
    }
  }

  /// `SLOT=VALUE` words, over what the last error's own fields say, unless that was about another table.
  func slotValues(_ words: [String], for entry: Entry) throws(CommandError) -> [String: SlotValue] {
    var values: [String: SlotValue] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw .message("\"\(word)\" is no SLOT=VALUE") }
      let name = String(parts[0])
      guard entry.slot(named: name) != nil else {
        throw .message(FillError.unknownSlot(entry: entry.id, name: name, known: entry.slots).description)
      }
      values[name] = .text(String(parts[1]))
    }
    let told = errorSlots(for: entry)
    if let table = values["table"], let other = told["table"], !table.mayMean(other) { return values }
    return told.merging(values) { _, given in given }
  }

  /// The entry with this id; throws with what comes near it.
  func knowledgeEntry(_ id: String) throws(CommandError) -> Entry {
    let base = knowledge()
    if let entry = base.entry(id) { return entry }
    let near = base.search(id, limit: 3).map { $0.id }.joined(separator: ", ")
    throw .message("there is no entry \"\(id)\"" + (near.isEmpty ? "" : "; near it: \(near)"))
  }
}

private let slotLimits: [(name: String, value: String)] = [("statement_timeout", "2s"), ("lock_timeout", "100ms")]

extension SlotValue {
  /// Whether a name as it was typed can be the one that an error names in full.
  fileprivate func mayMean(_ other: SlotValue) -> Bool {
    guard let typed = plainText.flatMap({ QualifiedName(parsing: $0) }),
      let named = other.plainText.flatMap({ QualifiedName(parsing: $0) })
    else { return false }
    return typed.name == named.name && (typed.schema == nil || named.schema == nil || typed.schema == named.schema)
  }
}

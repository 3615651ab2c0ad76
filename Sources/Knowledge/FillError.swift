/// Why a template could not be filled in.
public enum FillError: Error, Sendable, Equatable, CustomStringConvertible {
  case noSuchEntry(String)
  case notATemplate(entry: String)
  /// There is no way back from it, and why.
  case irreversible(entry: String, reason: String)
  case noRailsMigration(entry: String)
  /// Nothing in it is for a partitioned table.
  case notForPartitioned(entry: String)
  case unknownSlot(entry: String, name: String, known: [Slot])
  /// Slots without value or default.
  case missing(entry: String, names: [String], known: [Slot])
  case invalid(slot: Slot, value: String, reason: String)

  public var description: String {
    switch self {
    case .noSuchEntry(let id): "there is no entry \"\(id)\""
    case .notATemplate(let entry): "\(entry) is no template: it has nothing to fill in"
    case .irreversible(let entry, let reason): "\(entry) can't be undone: \(reason)"
    case .noRailsMigration(let entry): "\(entry) has no Rails migration; fill it in as SQL"
    case .notForPartitioned(let entry):
      "\(entry) can't be filled in for a partitioned table, where nothing goes CONCURRENTLY; \\kb \(entry) says what to"
        + " do instead, and \\fill index-concurrently makes an index on one"
    case .unknownSlot(let entry, let name, let known):
      "\(entry) has no slot \"\(name)\"; it has \(Self.list(known))"
    case .missing(let entry, let names, let known):
      "\(entry) needs \(names.map { "\"\($0)\"" }.joined(separator: ", ")); its slots are \(Self.list(known))"
    case .invalid(let slot, let value, let reason):
      "slot \"\(slot.name)\" (\(slot.type.rawValue)): \"\(value)\" \(reason)"
    }
  }

  private static func list(_ slots: [Slot]) -> String {
    slots.isEmpty ? "none" : slots.map(\.description).joined(separator: ", ")
  }
}

extension Remedy {
  /// Lets a sequence go on as far as the columns do that it feeds.
  static func widen(_ sequence: SequenceFacts) -> Remedy? {
    let name = SQLName.qualified(sequence.schema, sequence.name)
    let isUp = sequence.increment > 0
    let old = isUp ? "MAXVALUE \(sequence.maximum)" : "MINVALUE \(sequence.minimum)"
    let ranges = sequence.columns.map { $0.key.range ?? Int.min...Int.max }
    let room = ranges.reduce(Int.min...Int.max) { $0.clamped(to: $1) }
    let limit = isUp ? room.upperBound : room.lowerBound
    guard
      let type = ["smallint", "integer", "bigint"].first(where: { type in
        KeyColumn.range(type: type, modifier: -1)?.contains(limit) ?? false
      })
    else { return nil }
    let isWidening = type != sequence.type
    let change = (isWidening ? "AS \(type) " : "") + "\(isUp ? "MAXVALUE" : "MINVALUE") \(limit)"
    let back = (isWidening ? "AS \(sequence.type) " : "") + old
    return Remedy(
      sql: guarded(["ALTER SEQUENCE \(name) \(change)"], lockTimeout: "2s"),
      undo: guarded(["ALTER SEQUENCE \(name) \(back)"], lockTimeout: "2s"),
      caution: "Holds up nextval for a moment. The undo is refused once a value beyond the old limit was drawn.")
  }

  /// Moves a sequence beyond what its table holds. One statement reads both, and never moves it back.
  static func catchUp(_ sequence: SequenceFacts, to key: KeyColumn, last: Int, isCalled: Bool) -> Remedy {
    let name = SQLName.qualified(sequence.schema, sequence.name)
    let table = SQLName.qualified(key.schema, key.table)
    let column = SQLName.quoted(key.name)
    let (farthest, further) = sequence.increment > 0 ? ("max", "greatest") : ("min", "least")
    let literal = SQLName.literal(name)
    return Remedy(
      sql: [
        "SELECT pg_catalog.setval(\(literal), \(further)((SELECT \(farthest)(\(column)) FROM \(table)), last_value)) "
          + "FROM \(name)"
      ],
      undo: ["SELECT pg_catalog.setval(\(literal), \(last), \(isCalled))"],
      caution:
        "Rows that other sessions have inserted with keys of their own and not committed are not counted: run it "
        + "again after them.")
  }
}

/// How far a counter is on its way to a limit.
struct Headroom: Sendable, Equatable {
  let next: Int?
  let limit: Int
  /// Values that can still be given out.
  let left: Int
  /// Of the way from where it started to the limit, 0 to 1.
  let used: Double

  /// Of a sequence: `last` and `isCalled` as its own row has them, `limit` the narrowest that applies.
  init(last: Int, isCalled: Bool, start: Int, minimum: Int, maximum: Int, increment: Int, limit: Int) {
    let isUp = increment >= 0
    let step = max(1, increment.magnitude)
    let beyond = isUp ? last > limit : last < limit
    let distance = beyond ? 0 : Headroom.distance(last, limit)
    let further = Int(clamping: distance / step)
    let (one, overflow) = further.addingReportingOverflow(1)
    left = beyond ? 0 : isCalled ? further : overflow ? Int.max : one
    let (after, beyondInt) = last.addingReportingOverflow(increment)
    next = isCalled ? (beyondInt ? nil : after) : last
    self.limit = limit
    // A sequence set back below its start (into the negative half, say) is measured from its end there.
    let isPastStart = isUp ? last >= start : last <= start
    let origin = isPastStart ? start : isUp ? minimum : maximum
    let whole = Double(Headroom.distance(origin, limit))
    used = left == 0 ? 1 : whole == 0 ? 0 : min(1, Double(Headroom.distance(origin, last)) / whole)
  }

  /// Of a key whose largest value is `last`.
  init(largest last: Int, limit: Int) {
    self.init(
      last: last, isCalled: true, start: 0, minimum: 0, maximum: limit, increment: limit < 0 ? -1 : 1, limit: limit)
  }

  /// Exact even between the two ends of Int.
  private static func distance(_ left: Int, _ right: Int) -> UInt {
    let (low, high) = left < right ? (left, right) : (right, left)
    return UInt(bitPattern: high &- low)
  }

  /// Days until nothing is left, at a rate.
  func days(perDay rate: Double) -> Double? { rate > 0 ? Double(left) / rate : nil }
}

/// What an earlier look at the same database saw, from the record of growth that an interactive session keeps.
struct EarlierSequences: Sendable {
  let seconds: Int
  /// `last_value` by qualified name.
  let values: [String: Int]
}

/// Values used up a day, and how that is known.
struct UsageRate: Sendable {
  let perDay: Double
  /// True for a rate by inserts, which leave out what was drawn and never stored.
  let isLowerBound: Bool

  /// From the earlier look if there is one that saw this sequence go on, else from inserts over the statistics' window.
  static func of(
    _ sequence: SequenceFacts, last: Int, earlier: EarlierSequences?, windowSeconds: Int?
  ) -> UsageRate? {
    if let earlier, earlier.seconds >= 3600,
      let before = earlier.values[SQLName.qualified(sequence.schema, sequence.name)]
    {
      let drawn = (Double(last) - Double(before)) / Double(sequence.increment == 0 ? 1 : sequence.increment)
      if drawn >= 0 { return UsageRate(perDay: drawn / Double(earlier.seconds) * 86400, isLowerBound: false) }
    }
    // Counters that began within the hour say nothing about a day.
    guard let windowSeconds, windowSeconds >= 3600 else { return nil }
    let inserts = sequence.columns.reduce(0) { $0 + $1.inserts }
    return inserts == 0 ? nil : UsageRate(perDay: Double(inserts) / Double(windowSeconds) * 86400, isLowerBound: true)
  }
}

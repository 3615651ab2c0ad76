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
  static func distance(_ left: Int, _ right: Int) -> UInt {
    let (low, high) = left < right ? (left, right) : (right, left)
    return UInt(bitPattern: high &- low)
  }

  /// Days until nothing is left, at a rate.
  func days(perDay rate: Double) -> Double? { rate > 0 ? Double(left) / rate : nil }
}

/// Values used up a day, and how that is known.
struct UsageRate: Sendable {
  let perDay: Double
  /// True for a rate by inserts, which leave out what was drawn and never stored.
  let isLowerBound: Bool

  /// From the first look that saw this sequence, else from inserts over the statistics' window.
  ///
  /// A rate over less than an hour says nothing about a day, and one that runs backwards was set back.
  static func of(_ sequence: SequenceFacts, change: Change?, windowSeconds: Int?) -> UsageRate? {
    if let change, change.seconds >= 3600 {
      let drawn = change.perDay / Double(sequence.increment == 0 ? 1 : sequence.increment)
      if drawn >= 0 { return UsageRate(perDay: drawn, isLowerBound: false) }
    }
    guard let windowSeconds, windowSeconds >= 3600 else { return nil }
    let inserts = sequence.columns.reduce(0) { $0 + $1.inserts }
    return inserts == 0 ? nil : UsageRate(perDay: Double(inserts) / Double(windowSeconds) * 86400, isLowerBound: true)
  }
}

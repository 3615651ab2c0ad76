/// What earlier looks at one database have noted, oldest first: at most a hundred for each kind of number, at least an
/// hour apart, dense where recent and sparse where old.
public struct EarlierLooks: Sendable, Equatable {
  public static let mostLooks = 100
  public static let leastDistance = 3600
  /// Objects of one kind in one look; the record of a database stays under some megabytes.
  public static let mostObjects = 2000

  public private(set) var looks: [Look]

  public init(_ looks: [Look] = []) {
    self.looks = looks.sorted { $0.time < $1.time }
  }

  /// The change of a number since the last look that has it and is at least `seconds` old.
  public func change(
    _ kind: Look.Kind, _ id: Int, to value: Int, at time: Int, atLeast seconds: Int = 60
  ) -> Change? {
    change(among: looks.reversed(), kind, id, to: value, at: time, atLeast: seconds)
  }

  /// The change of a number since the first look that has it: the longest time over which a rate can be told.
  public func longestChange(_ kind: Look.Kind, _ id: Int, to value: Int, at time: Int) -> Change? {
    change(among: looks, kind, id, to: value, at: time, atLeast: 60)
  }

  private func change(
    among looks: some Sequence<Look>, _ kind: Look.Kind, _ id: Int, to value: Int, at time: Int, atLeast seconds: Int
  ) -> Change? {
    for look in looks where time - look.time >= max(1, seconds) {
      if let from = look[kind, id] { return Change(from: from, to: value, seconds: time - look.time) }
    }
    return nil
  }

  /// Whether any look has numbers of this kind.
  public func has(_ kind: Look.Kind) -> Bool { looks.contains { $0.numbers[kind] != nil } }

  /// The record with one look more. Kinds that were noted less than an hour before it are left out of it; nil when
  /// nothing is left.
  public func adding(_ look: Look) -> EarlierLooks? {
    var looks = self.looks
    // A clock that was set back doesn't stop the record for ever: what claims to be of the future is dropped.
    looks.removeAll { $0.time > look.time }
    let recent = looks.filter { look.time - $0.time < Self.leastDistance }
    var added = look.without(Set(recent.flatMap { $0.numbers.keys }))
    for (kind, objects) in added.numbers where objects.count > Self.mostObjects {
      added = added.without([kind])
      for (id, number) in objects.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(Self.mostObjects) {
        added[kind, id] = number
      }
    }
    guard added.numbers.contains(where: { !$0.value.isEmpty }) else { return nil }
    looks.append(added)
    for kind in Look.Kind.allCases { Self.thin(&looks, kind) }
    return EarlierLooks(looks.filter { !$0.numbers.isEmpty })
  }

  /// Too many looks of a kind: every second one of the older half goes.
  private static func thin(_ looks: inout [Look], _ kind: Look.Kind) {
    let places = looks.indices.filter { looks[$0].numbers[kind] != nil }
    guard places.count > mostLooks else { return }
    for (number, place) in places.prefix(places.count / 2).enumerated() where number % 2 == 1 {
      looks[place] = looks[place].without([kind])
    }
  }
}

/// The graph as trees for reading: each waiter stands once, under whoever holds what it waits for, else under whoever
/// queued before it.
struct LockForest: Sendable {
  struct Node: Sendable {
    let party: LockGraph.Party
    let children: [Node]

    var count: Int { children.reduce(1) { $0 + $1.count } }
  }

  /// Those with the most below them first.
  let trees: [Node]

  init(_ graph: LockGraph) {
    var children: [LockGraph.Party: [LockGraph.Party]] = [:]
    var placed: Set<LockGraph.Party> = []
    func spread(from tops: [LockGraph.Party]) {
      placed.formUnion(tops)
      var queue = tops
      var next = 0
      while next < queue.count {
        // All that is held comes before anything that is only queued for.
        var reached = next
        while reached < queue.count {
          let party = queue[reached]
          reached += 1
          for dependent in graph.dependents(of: party) where !placed.contains(dependent) {
            guard graph.waiters[dependent]?.edges.contains(where: { $0.blocker == party && $0.isHeld }) ?? false
            else { continue }
            placed.insert(dependent)
            children[party, default: []].append(dependent)
            queue.append(dependent)
          }
        }
        while next < queue.count, reached == queue.count {
          let party = queue[next]
          next += 1
          for dependent in graph.dependents(of: party) where placed.insert(dependent).inserted {
            children[party, default: []].append(dependent)
            queue.append(dependent)
          }
        }
      }
    }
    let roots = graph.roots
    spread(from: roots)
    // A circle has no root: its lowest process stands for it.
    let tops = roots + graph.cycles.compactMap { $0.first }
    spread(from: tops.filter { !placed.contains($0) })
    // What is left waits for a circle that somebody outside could break.
    var rest: [LockGraph.Party] = []
    for party in graph.waiters.keys.sorted() where !placed.contains(party) {
      rest.append(party)
      spread(from: [party])
    }
    func node(_ party: LockGraph.Party) -> Node { Node(party: party, children: (children[party] ?? []).map(node)) }
    trees = (tops + rest).map(node).sorted { $0.count == $1.count ? $0.party < $1.party : $0.count > $1.count }
  }
}

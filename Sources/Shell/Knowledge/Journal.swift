import Knowledge

/// What the session has done beyond queries, for `\handoff`.
struct Journal {
  var filled: [Filled] = []
  var plays: [Transcript] = []

  var isEmpty: Bool { filled.isEmpty && plays.isEmpty }
}

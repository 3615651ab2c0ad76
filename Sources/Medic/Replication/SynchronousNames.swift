/// `synchronous_standby_names`, as far as it says how many standbys a commit waits for.
struct SynchronousNames: Sendable, Equatable {
  /// 0 when no standby is waited for.
  let count: Int

  /// `FIRST 2 (a, b)`, `ANY 1 (…)`, `2 (a, b)`, or a plain list, of which one is waited for.
  init(_ setting: String) {
    let words = setting.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "(" }
    guard let first = words.first else {
      count = 0
      return
    }
    guard setting.contains("(") else {
      count = 1
      return
    }
    let isKeyword = ["first", "any"].contains(first.lowercased())
    count = (isKeyword ? words.dropFirst().first : first).flatMap { Int($0) } ?? 1
  }
}

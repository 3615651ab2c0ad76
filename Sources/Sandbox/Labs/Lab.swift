/// An incident for learning: it is provoked on a sandbox, somebody cures it in whatever way, and the server's state is
/// judged.
///
/// The same incidents prove the playbooks. A lab is one file and one line in `Labs.all`; it has no state of its own:
/// what lives (sessions, a standby, a volume) is held by its `Scene`.
public protocol Lab: Sendable {
  /// The playbook that cures it.
  var id: String { get }
  /// What people complain of, in one line.
  var title: String { get }
  /// What is known when the call comes in: never the cause.
  var situation: String { get }
  /// From a first direction to nearly the statement.
  var hints: [String] { get }
  /// How old the incident is before the playbook's steps take it seriously, in seconds: they leave young sessions alone.
  var ripeAfter: Int { get }

  /// Makes tables and live sessions in the scene, until what is complained of is really so.
  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError)

  /// Looks whether what is complained of is over, and whether everything that must stay is still there.
  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict
}

extension Lab {
  public var ripeAfter: Int { 0 }
}

/// What the server's state says of a cure.
public struct Verdict: Sendable, Equatable {
  /// What is still wrong, a sentence each.
  public private(set) var remains: [String] = []
  /// What had to stay and is gone, a sentence each.
  public private(set) var lost: [String] = []

  public init() {}

  public var isCured: Bool { remains.isEmpty && lost.isEmpty }

  mutating func wants(_ isSo: Bool, _ otherwise: @autoclosure () -> String) {
    if !isSo { remains.append(otherwise()) }
  }

  mutating func keeps(_ isSo: Bool, _ otherwise: @autoclosure () -> String) {
    if !isSo { lost.append(otherwise()) }
  }
}

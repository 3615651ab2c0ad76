import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lab that has been provoked on a cluster. Its sessions, standby and volume live as long as this value; `end` takes
/// its database and roles away, too.
public final class Incident {
  public let lab: any Lab
  private let scene: Scene
  /// Seconds since 1970.
  private let ripeAt: Int

  /// Takes the remains of an earlier one away and provokes the incident: in a database of its own, named `lab`.
  ///
  /// The seed decides the figures: how many rows are wrong, how many sessions wait.
  public init(_ lab: any Lab, on cluster: borrowing Cluster, seed: Int = 1) throws(SandboxError) {
    self.lab = lab
    scene = try Scene(on: cluster, seed: seed)
    try lab.provoke(scene, on: cluster)
    ripeAt = time(nil) + lab.ripeAfter
  }

  public var seed: Int { scene.seed }

  /// Where to look at it.
  public var connectionParameters: [(keyword: String, value: String)] {
    scene.parameters(socketDirectory: scene.socketDirectory)
  }

  /// The same for its standby; nil where there is none.
  public var standbyParameters: [(keyword: String, value: String)]? {
    scene.standby.map { scene.parameters(socketDirectory: $0.cluster.socketDirectory) }
  }

  /// Whether the sessions are old enough for the playbook's steps.
  public var isRipe: Bool { time(nil) > ripeAt }

  /// Waits for that: for scripts, which are quicker than a person.
  public func ripen() {
    while !isRipe, !shim_interrupt_pending() { usleep(50_000) }
  }

  public func verdict() -> Verdict {
    do {
      return try lab.judge(scene, try scene.link())
    } catch {
      var verdict = Verdict()
      verdict.keeps(false, "the database \"\(Scene.database)\" can't be asked any more: \(error)")
      return verdict
    }
  }

  /// Ends what lives and removes the database, the roles and what else it has made on the server.
  public func end() {
    scene.dismiss()
    _ = try? Scene.clear(socketDirectory: scene.socketDirectory)
  }
}

/// The name the program was called by. Called as psql, it has psql's options and texts and nothing more.
public struct Program: Sendable, Equatable {
  /// `argv[0]` in full: getopt's messages begin with it.
  public var path: String
  /// What psql's own messages begin with.
  public var name: String

  public var isPsql: Bool { name == "psql" }

  public init(path: String) {
    self.path = path
    name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
  }
}

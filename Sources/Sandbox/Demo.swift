/// The database `demo`.
struct Demo {
  let server: ServerInstallation

  static func text(for server: ServerInstallation) -> String { "" }

  func load(over socketDirectory: String) throws(SandboxError) {
    let link = try Link(socketDirectory: socketDirectory, database: "postgres")
    try link.run("CREATE DATABASE demo")
  }
}

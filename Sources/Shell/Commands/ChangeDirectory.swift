import Glibc

/// `\\cd [DIR]`: changes the working directory.
struct ChangeDirectory: MetaCommand {
  let help = Help(
    "cd", arguments: [.file], in: .general, syntax: "[DIR]", summary: "change the current working directory")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let directory = try session.argument() ?? homeDirectory() else {
      throw .message("could not get home directory for user ID \(getuid())")
    }
    guard chdir(directory) == 0 else {
      throw .message("could not change directory to \"\(directory)\": \(errorText())")
    }
    return .done
  }
}

/// The name of the operating system's user. Throws where the user database has none.
func systemUserName() throws(CommandError) -> String {
  guard let entry = getpwuid(geteuid()) else {
    throw .message("could not look up effective user ID \(geteuid()): user does not exist")
  }
  return String(cString: entry.pointee.pw_name)
}

/// HOME, else the home directory in the password database.
func homeDirectory() -> String? {
  if let home = environment("HOME"), !home.isEmpty { return home }
  guard let entry = getpwuid(getuid()) else { return nil }
  return String(cString: entry.pointee.pw_dir)
}

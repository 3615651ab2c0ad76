import CShims
import Glibc
import Printing
import SQLText

/// `\\! [COMMAND]`: runs a command, or an interactive shell.
struct ShellEscape: MetaCommand {
  let help = Help(
    "!", arguments: [.text], in: .general, syntax: "[COMMAND]",
    summary: "execute command in shell or start interactive shell")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    session.output.flush()
    let command = try session.argument(.wholeLine) ?? ""
    let text = command.isEmpty ? environment("SHELL") ?? "/bin/sh" : command
    session.suspendEditor()
    let status = system(text)
    session.resumeEditor()
    if status == -1 || status == 127 << 8 { throw .message("failed") }
    return .done
  }
}

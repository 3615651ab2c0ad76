import Printing

/// `\\pset [NAME [VALUE]]`: how results are printed.
struct Pset: MetaCommand {
  let help = Help(
    "pset", arguments: [.choice(PsetOption.all.map { $0.name }), .any], in: .formatting, syntax: "[NAME [VALUE]]",
    summary: "set table output option")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else {
      session.output.append(session.printing.listing(psqlOnly: session.isPsql))
      return .done
    }
    let value = try session.argument()
    try session.setPrinting(name, value)
    return .done
  }
}

extension Session {
  /// Sets a print option as `\\pset` does and says so unless QUIET is on.
  mutating func setPrinting(_ name: String, _ value: String?) throws(CommandError) {
    do throws(PsetError) {
      if let said = try printing.set(name, to: value.map { ByteString($0) }, psqlOnly: isPsql), !settings.quiet {
        output.append(said)
        output.append("\n")
      }
    } catch {
      throw failed(error.message.description)
    }
  }
}

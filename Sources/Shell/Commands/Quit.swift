/// `\\q`: leaves this level of input.
struct Quit: MetaCommand {
  let help = Help("q", aliases: ["quit"], in: .general, summary: "quit")

  func run(_ call: Call, in session: inout Session) -> Outcome { .quit }
}

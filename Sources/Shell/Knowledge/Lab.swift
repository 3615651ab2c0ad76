import Postgres
import Printing
import Sandbox

/// `\lab [ID | hint | check | reset | stop]`: provokes an incident in the sandbox, and judges its cure.
struct RunLab: MetaCommand {
  let help = Help(
    "lab", arguments: [.options(["seed"]), .choice(Labs.all.map { $0.id } + words)], in: .knowledge,
    syntax: "[(seed=N)] [ID | hint | check | reset | stop]",
    summary: "in a sandbox: provoke an incident, get hints, have the cure judged",
    details: """
      Without an argument it lists the incidents. \\lab ID makes one happen, in a database of its own with sessions of \
      its own, and connects to it. Find out what is wrong and cure it in whatever way; \\play ID leads through it. \
      \\lab hint gives the next hint, \\lab check says whether it is cured, still there, or "cured" by breaking what \
      must stay. \\lab reset starts over, \\lab stop ends it. The same seed gives the same figures.

      It works in a sandbox (pgmedic --sandbox) only, never on another server.

      Examples: \\lab lock-timeout-index
                \\lab (seed=7) constraint-violation
                \\lab check
      """)

  private static let words = ["hint", "check", "reset", "stop"]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let (options, words) = try session.optionList()
    guard session.sandbox != nil else {
      throw .message("labs provoke real incidents, so there are some only in a sandbox: pgmedic --sandbox")
    }
    guard words.count <= 1 else { throw .message("\\lab takes one word: an ID, hint, check, reset or stop") }
    var seed = 1
    for (name, value) in options {
      guard name == "seed" else { throw .message("unknown option \"\(name)\"; there is seed") }
      guard let number = Int(value) else { throw .message("seed: \"\(value)\" is no whole number") }
      seed = number
    }
    switch words.first {
    case nil: session.listLabs()
    case "hint": try session.giveHint()
    case "check": return try session.checkLab()
    case "reset":
      let incident = try session.currentIncident()
      try session.startLab(incident.lab, seed: options.isEmpty ? incident.seed : seed)
    case "stop":
      _ = try session.currentIncident()
      try session.stopLab()
    case let id?:
      guard let lab = Labs.named(id) else {
        throw .message("there is no lab \"\(id)\"; there are \(Labs.all.map { $0.id }.joined(separator: ", "))")
      }
      try session.startLab(lab, seed: seed)
    }
    return .done
  }
}

extension Session {
  fileprivate func currentIncident() throws(CommandError) -> Incident {
    guard let incident else { throw .message("no lab is going on; \\lab lists them, \\lab ID starts one") }
    return incident
  }

  fileprivate mutating func listLabs() {
    let current = incident?.lab.id
    let rows = Labs.all.map { [$0.id, $0.title, $0.id == current ? "going on" : ""] }
    show(
      Table(columns: [Column("Lab"), Column("What people complain of"), Column("State")], rows: rows),
      titled("\\lab ID provokes an incident"))
  }

  /// Ends what goes on, provokes the incident and connects to it.
  fileprivate mutating func startLab(_ lab: any Lab, seed: Int) throws(CommandError) {
    if incident != nil { try stopLab() }
    guard let sandbox else { return }
    output.flush()
    let fresh: Incident
    do throws(SandboxError) {
      fresh = try Incident(lab, on: sandbox.cluster, seed: seed)
    } catch {
      throw .message("not here: \(error)")
    }
    incident = fresh
    hintsGiven = 0
    output.append("\(usesColour ? "\u{1b}[1m\(lab.title)\u{1b}[0m" : lab.title)\n\n")
    output.append(wordWrapped(lab.situation, width: textWidth).map { "\($0)\n" }.joined())
    output.append("\n\\lab hint gives a hint (\(lab.hints.count) in all), \\lab check judges the cure.\n")
    note("LAB_PRIMARY", fresh.connectionParameters)
    note("LAB_STANDBY", fresh.standbyParameters)
    try move(to: fresh.connectionParameters)
    // a script is quicker than the age at which a playbook takes a session seriously
    if !isInteractive { fresh.ripen() }
  }

  fileprivate mutating func stopLab() throws(CommandError) {
    // away from the database and the standby that will be gone
    if let home = sandbox?.parameters { try move(to: home) }
    incident?.end()
    incident = nil
    note("LAB_PRIMARY", nil)
    note("LAB_STANDBY", nil)
  }

  private func note(_ variable: String, _ parameters: [(keyword: String, value: String)]?) {
    variables.note(variable, parameters?.map { "\($0.keyword)=\($0.value)" }.joined(separator: " "))
  }

  private mutating func move(to parameters: [(keyword: String, value: String)]) throws(CommandError) {
    var all = parameters + [(keyword: "fallback_application_name", value: reporter.program)]
    if hasTerminal, environment("PGCLIENTENCODING") == nil { all.append(("client_encoding", "auto")) }
    do throws(PostgresError) {
      try connect(all)
    } catch {
      throw .message("could not connect to the sandbox: \(error.message)")
    }
    if let database = connection?.database { say("You are now connected to database \"\(database)\".\n") }
  }

  fileprivate mutating func giveHint() throws(CommandError) {
    let lab = try currentIncident().lab
    guard hintsGiven < lab.hints.count else {
      output.append("That were all hints. \\play \(lab.id) leads through it, \\lab reset starts over.\n")
      return
    }
    output.append(
      wordWrapped("Hint \(hintsGiven + 1) of \(lab.hints.count): \(lab.hints[hintsGiven])", width: textWidth)
        .map { "\($0)\n" }.joined())
    hintsGiven += 1
  }

  /// Fails unless it is cured, so that a script notices.
  fileprivate mutating func checkLab() throws(CommandError) -> Outcome {
    let verdict = try currentIncident().verdict()
    if verdict.isCured {
      output.append("Cured, and everything that must stay is there.\n")
      return .done
    }
    func list(_ head: String, _ sentences: [String]) {
      guard !sentences.isEmpty else { return }
      output.append("\(head)\n")
      for sentence in sentences {
        output.append(wordWrapped("- \(sentence)", width: textWidth).map { "  \($0)\n" }.joined())
      }
    }
    list("Broken, what must stay:", verdict.lost)
    list("Still there:", verdict.remains)
    return .failed
  }
}

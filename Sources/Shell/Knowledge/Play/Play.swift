import CShims
import Knowledge
import Postgres
import SQLText

/// `\play ID [SLOT=VALUE …]`: goes through a playbook step by step in this session.
///
/// For a person each step shows its words and its SQL and asks; in a script nothing is ever asked: what would have to be
/// asked is an error, or is left out with the reason.
struct Play: MetaCommand {
  let help = Help(
    "play", arguments: [.options(["confirm", "steps", "transcript", "list"]), .entry, .any], in: .knowledge,
    syntax: "[(confirm=on, steps=LIST, transcript=FILE, list=on)] ID [SLOT=VALUE …]",
    summary: "go through a playbook step by step in this session",
    details: """
      Each step shows its SQL before it runs. Looking runs at a key; a change names what it does and asks. A step can be
      run, edited, repeated or skipped. After a change the playbook's own check runs by itself, and once all checks
      hold, the changes that are left are not needed any more.

      In a script nothing is asked: (confirm=on) lets changes run, slots are given as arguments. The session that
      blocks, the invalid index and the unvalidated constraint are looked up; nothing else is ever chosen for a change.
      (steps=2,4-6) runs these only, (list=on) lists them, (transcript=FILE) writes what was done as Markdown.

      Examples: \\play lock-timeout-index
                \\play (confirm=on, transcript=cure.md) migration-failed-midway table=orders
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var (written, words) = try session.optionList()
    guard !words.isEmpty else { throw .message("which playbook? \\kb lists the entries") }
    let entry = try session.knowledgeEntry(words.removeFirst())
    // confirm=on is understood among the slots, too, where no slot has that name
    for word in words where word.hasPrefix("confirm=") && entry.slot(named: "confirm") == nil {
      written.append(("confirm", String(word.dropFirst(8))))
    }
    words.removeAll { $0.hasPrefix("confirm=") && entry.slot(named: "confirm") == nil }
    let options = try PlayOptions(written, session)
    let given = try session.slotValues(words, for: entry)
    guard entry.steps.contains(where: { !$0.kind.isTemplate }) else {
      throw .message(
        "\(entry.id) has no steps to run"
          + (entry.isTemplate ? "; \\fill \(entry.id) fills it in" : "; \\kb \(entry.id) reads it"))
    }
    guard session.connection != nil else { throw .message("there is no connection; connect with \\c first") }
    if session.connection?.transactionStatus == .inError {
      throw .message("the current transaction has failed: end it with ROLLBACK first")
    }
    if let file = options.transcript, readFile(file) != nil {
      throw .message("\(file) is there already; a transcript never overwrites a file")
    }
    var playing = Playing(entry, given: given, steps: session.steps(of: entry), session.surroundings())
    if options.lists {
      session.showText(playing.listing)
      return .done
    }
    try playing.select(options.steps)
    defer { session.journal.plays.append(playing.transcript) }
    let isByHand = session.isInteractive && session.hasTerminal && session.isInteractiveSession
    var failure: CommandError?
    var isFine = false
    do throws(CommandError) {
      isFine =
        isByHand
        ? try session.playByHand(&playing) : try session.playByScript(&playing, confirmed: options.isConfirmed)
    } catch {
      failure = error
    }
    // what was done is written down, above all when it went wrong
    if let file = options.transcript {
      if let why = createFile(file, playing.transcript.markdown) { throw .message("\(file): \(why)") }
      session.say("Wrote \(file).\n")
    }
    if let failure { throw failure }
    return isFine ? .done : .failed
  }
}

/// The options of `\play`, checked.
struct PlayOptions {
  var isConfirmed = false
  var lists = false
  var steps: String?
  var transcript: String?

  init(_ written: [(name: String, value: String)], _ session: borrowing Session) throws(CommandError) {
    for (name, value) in written {
      switch name {
      case "confirm": isConfirmed = try session.flag(value, name)
      case "list": lists = try session.flag(value, name)
      case "steps": steps = value
      case "transcript": transcript = expandTilde(value)
      default: throw .message("unknown option \"\(name)\"; there are confirm, list, steps, transcript")
      }
    }
  }
}

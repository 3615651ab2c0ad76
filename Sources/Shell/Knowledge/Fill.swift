import Glibc
import Knowledge
import Postgres
import Printing

/// `\fill ID [slot=value …]`: fills in a template of the knowledge base as SQL or as a Rails migration.
struct FillTemplate: MetaCommand {
  let help = Help(
    "fill", arguments: [.options(FillTemplate.options), .entry, .any], in: .knowledge,
    syntax: "[(target=sql|rails, out=DIR, notes=on, buffer=up|down)] ID [SLOT=VALUE …]",
    summary: "fill in a template: SQL up and down, or a Rails migration",
    details: """
      Without values it lists the slots with what the database offers for each. (out=DIR) writes the files there and
      never over one, with (notes=on) the notes for the hand-over beside them. (buffer=up) puts the SQL into the query
      buffer, where \\p shows it, \\e edits it and \\g runs it statement by statement; (buffer=down) the way back.

      Example: \\fill index-concurrently table=orders columns=customer_id
               \\fill (target=rails, out=db/migrate) index-concurrently table=orders columns=customer_id
      """)

  private static let options = ["target", "out", "notes", "buffer", "rails_version"]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let (written, words) = try session.optionList()
    var options: [String: String] = [:]
    for (name, value) in written {
      guard Self.options.contains(name) else {
        throw .message("unknown option \"\(name)\"; there are \(Self.options.joined(separator: ", "))")
      }
      options[name] = value
    }
    guard let id = words.first else {
      throw .message("which template? \\kb lists the entries; patterns can be filled in")
    }
    let entry = try session.knowledgeEntry(id)
    let slots = try session.slotValues(Array(words.dropFirst()), for: entry)
    guard let target = Filled.Target(rawValue: options["target"] ?? "sql") else {
      throw .message("unknown target \"\(options["target"] ?? "")\"; there are sql and rails")
    }
    let catalog = session.readSlots(of: entry, given: slots)
    if words.count == 1, entry.isTemplate, !entry.slots.isEmpty {
      session.showText(offer(entry, catalog))
      return .done
    }
    var fillOptions = FillOptions()
    if session.serverMajor > 0 { fillOptions.serverVersion = session.serverMajor }
    fillOptions.partitions = session.partitions(of: slots["table"] ?? slots["index"])
    if let version = options["rails_version"] { fillOptions.railsVersion = version }
    let filled: Filled
    do throws(FillError) {
      filled = try fill(entry, target: target, slots: slots, catalog: catalog, options: fillOptions)
    } catch {
      throw .message(error.description)
    }
    if let part = options["buffer"] {
      try fillBuffer(with: filled, part, &session)
    } else if let directory = options["out"] {
      try write(filled, to: expandTilde(directory), notes: session.flag(options["notes"], "notes"), session)
    } else {
      session.showText(page(filled))
    }
    session.journal.filled.append(filled)
    return .done
  }

  private func offer(_ entry: Entry, _ catalog: CatalogSlots) -> String {
    var text = "\(entry.id): \(entry.title)\n\nSlots:\n"
    for slot in entry.slots {
      text += "  \(slot.description)\n"
      let offered = catalog.offers[slot.name] ?? []
      if !offered.isEmpty {
        text += "      \(offered.prefix(8).joined(separator: ", "))\(offered.count > 8 ? ", …" : "")\n"
      }
    }
    return text + "\n\\fill \(entry.id) SLOT=VALUE … fills it in; \\kb \(entry.id) explains it.\n"
  }

  private func page(_ filled: Filled) -> String {
    var text = ""
    if filled.target == .rails {
      text = filled.up
    } else {
      text = "-- up\n\(filled.up)\n\n-- down\n\(filled.down)\n"
      if !filled.verify.isEmpty { text += "\n-- verify\n\(filled.verify)\n" }
    }
    if !filled.notes.isEmpty {
      text += "\n" + filled.notes.map { "\(filled.target == .rails ? "#" : "--") \($0)\n" }.joined()
    }
    return text
  }

  private func fillBuffer(
    with filled: Filled, _ part: String, _ session: inout Session
  ) throws(CommandError) {
    guard ["up", "down"].contains(part) else { throw .message("buffer= takes up or down, not \"\(part)\"") }
    guard filled.target == .sql else {
      throw .message("a Rails migration doesn't go into the query buffer; use out=DIR")
    }
    session.query = Array((part == "up" ? filled.up : filled.down).utf8)
    session.remedy = session.query
    session.output.append(session.query)
    session.say("\n-- in the query buffer: \\g runs it, \\e edits it, \\r throws it away\n")
  }

  /// Writes the files, or none where one of them is there already.
  private func write(
    _ filled: Filled, to directory: String, notes: Bool, _ session: borrowing Session
  ) throws(CommandError) {
    var files = filled.files.map { (path: "\(directory)/\($0.name)", text: $0.text) }
    if notes, let name = filled.files.first?.name.split(separator: ".").first {
      let list = filled.notes.map { "- \($0)\n" }.joined()
      files.append(("\(directory)/\(name)_notes.md", "# \(filled.entry)\n\n\(list)"))
    }
    for file in files where access(file.path, F_OK) == 0 { throw .message("\(file.path): it is there already") }
    for file in files {
      if let why = createFile(file.path, file.text) { throw .message("\(file.path): \(why)") }
      session.say("Wrote \(file.path).\n")
    }
  }
}

/// What the catalog offers for the slots of one entry, read beforehand.
struct CatalogSlots: SlotSource {
  var offers: [String: [String]] = [:]

  func candidates(for slot: Slot, _ query: SlotQuery, given: [String: String]) -> [String] {
    offers[slot.name] ?? []
  }
}

extension Session {
  /// Asks the catalog what it offers for each slot of `entry`; nothing where there is no connection to ask.
  mutating func readSlots(of entry: Entry, given: [String: SlotValue]) -> CatalogSlots {
    var found = CatalogSlots()
    for slot in entry.slots {
      found.offers[slot.name] = offers(for: slot, given)?.map { $0.value }
    }
    return found
  }

  /// Slots that the last error's own fields fill.
  func errorSlots(for entry: Entry) -> [String: SlotValue] {
    failure.map { entry.slots(from: ErrorReport($0)) } ?? [:]
  }
}

extension ErrorReport {
  init(_ error: ServerError) {
    self.init(
      sqlstate: error.sqlState, message: error.message, detail: error.detail, hint: error.hint, schema: error.schema,
      table: error.table, column: error.column, dataType: error.dataType, constraint: error.constraint)
  }
}

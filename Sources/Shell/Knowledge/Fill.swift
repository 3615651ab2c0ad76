import Knowledge
import Postgres

/// `\fill ID [slot=value …]`: fills in a template of the knowledge base as SQL or as a Rails migration.
struct FillTemplate: MetaCommand {
  let help = Help(
    "fill", arguments: [.options(["target", "out", "down"]), .entry, .any], in: .knowledge,
    syntax: "[(target=sql|rails, out=DIR)] ID [SLOT=VALUE …]",
    summary: "fill in a template: SQL up and down, or a Rails migration",
    details: """
      Without values it lists the slots with what the database offers for each. (out=DIR) writes the files there.

      Example: \\fill index-concurrently table=orders columns=customer_id
               \\fill (target=rails, out=db/migrate) index-concurrently table=orders columns=customer_id
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let (written, words) = try session.optionList()
    var options: [String: String] = [:]
    for (name, value) in written {
      guard ["target", "out", "rails_version"].contains(name) else {
        throw .message("unknown option \"\(name)\"; there are target, out, rails_version")
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
    try deliver(filled, to: options["out"], &session)
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

  private func deliver(_ filled: Filled, to directory: String?, _ session: inout Session) throws(CommandError) {
    guard let directory else {
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
      session.showText(text)
      return
    }
    for file in filled.files {
      let path = "\(expandTilde(directory))/\(file.name)"
      if let why = createFile(path, file.text) { throw .message("\(path): \(why)") }
      session.say("Wrote \(path).\n")
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

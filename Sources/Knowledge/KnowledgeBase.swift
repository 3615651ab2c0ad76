/// All entries: the built-in pages, and the user's own beside them.
public struct KnowledgeBase: Sendable {
  public let entries: [Entry]
  /// What is wrong with the user's pages: reported, never fatal.
  public let problems: [PageProblem]
  let places: [String: Int]

  /// The built-in pages alone.
  public static let builtIn = KnowledgeBase(user: [], problems: [])

  /// Reads the built-in pages and the user's.
  ///
  /// - Parameter userDirectory: nil for `PGMEDIC_KB`, else `$XDG_CONFIG_HOME/pgmedic/kb`, else `~/.config/pgmedic/kb`. A
  ///   directory that is named, here or in `PGMEDIC_KB`, has to exist.
  public static func load(userDirectory: String? = nil) -> KnowledgeBase {
    guard let (path, isExplicit) = userDirectory.map({ ($0, true) }) ?? UserPages.directory else { return builtIn }
    let (entries, problems) = UserPages.pages(in: path, mustExist: isExplicit)
    return entries.isEmpty && problems.isEmpty ? builtIn : KnowledgeBase(user: entries, problems: problems)
  }

  private init(user: [Entry], problems: [PageProblem]) {
    var entries: [Entry] = []
    var problems = problems
    for page in Embedded.pages {
      do throws(PageProblem) {
        entries.append(try Entry(page.text, path: "\(page.id).md", name: page.id, origin: .builtIn))
      } catch {
        problems.append(error)
      }
    }
    self.init(builtIn: entries, user: user, problems: problems)
  }

  init(builtIn: [Entry], user: [Entry], problems: [PageProblem] = []) {
    var entries = builtIn
    var places: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { places[entry.id] = index }
    for entry in user {
      if let place = places[entry.id] {
        entries[place].additions.append(entry)
      } else {
        places[entry.id] = entries.count
        entries.append(entry)
      }
    }
    self.entries = entries
    self.places = places
    self.problems = problems
  }

  public func entry(_ id: String) -> Entry? {
    places[id].map { entries[$0] }
  }

  /// Fills in the template with this id; see the free function of that name.
  public func fill(
    _ id: String, target: Filled.Target = .sql, slots: [String: SlotValue], catalog: (any SlotSource)? = nil,
    options: FillOptions = FillOptions()
  ) throws(FillError) -> Filled {
    guard let entry = entry(id) else { throw .noSuchEntry(id) }
    return try Knowledge.fill(entry, target: target, slots: slots, catalog: catalog, options: options)
  }
}

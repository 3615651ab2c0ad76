#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A template with its slots filled.
public struct Filled: Sendable, Equatable {
  public enum Target: String, Sendable, CaseIterable { case sql, rails }

  /// A file to write.
  public struct File: Sendable, Equatable {
    public let name: String
    public let text: String
  }

  public let entry: String
  public let target: Target
  /// All slots with the values used, defaults included, in the page's order; as psql variables would hold them.
  public let slots: [(name: String, value: String)]
  /// SQL: statements to run one by one, outside a transaction of one's own (they bring their BEGIN and COMMIT where one
  /// is right). Rails: the migrations.
  public let up: String
  /// SQL: the way back, for the same way of running. Rails: empty, it is in the migrations.
  public let down: String
  /// SQL that shows whether it worked: each statement's first column is true.
  public let verify: String
  public let files: [File]
  /// For the handover, and what was decided while filling in.
  public let notes: [String]

  public static func == (a: Filled, b: Filled) -> Bool {
    a.entry == b.entry && a.target == b.target && a.up == b.up && a.down == b.down && a.verify == b.verify
      && a.files == b.files && a.notes == b.notes && a.slots.elementsEqual(b.slots, by: ==)
  }
}

/// Circumstances of a filling that aren't slots.
public struct FillOptions: Sendable, Equatable {
  /// For file names: `YYYYMMDDhhmmss`, in UTC.
  public var timestamp: String
  /// The tag in `ActiveRecord::Migration[7.0]`.
  public var railsVersion: String
  /// The server's major version: parts of templates differ by it.
  public var serverVersion: Int
  /// What is below the table, from the top down, when it is a partitioned one; nil when it isn't.
  public var partitions: [Partition]?

  /// - Parameter timestamp: nil for now.
  public init(timestamp: String? = nil, railsVersion: String = "7.0", serverVersion: Int = 15) {
    self.timestamp = timestamp ?? Self.now()
    self.railsVersion = railsVersion
    self.serverVersion = serverVersion
  }

  private static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)" + digits(parts.tm_mon + 1) + digits(parts.tm_mday) + digits(parts.tm_hour)
      + digits(parts.tm_min) + digits(parts.tm_sec)
  }

  /// A later time stamp for the nth file, since Rails takes each version once only.
  func timestamp(_ index: Int) -> String {
    guard timestamp.utf8.count == 14, let number = Int(timestamp), number > 0 else { return timestamp }
    let time = number % 1_000_000
    let seconds = time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100
    // at the end of a day start somewhat earlier, so that all files have the same date
    let later = min(seconds, 86_399 - 100) + min(index, 100)
    return String(number - time + later / 3600 * 10_000 + later / 60 % 60 * 100 + later % 60)
  }
}

/// Fills in a template.
///
/// - Parameters:
///   - slots: values by slot name; slots with a default may be left out.
///   - catalog: looks up defaults that only a server knows; without one those slots must be given.
/// - Throws: `FillError` for an unknown, missing or unreadable slot, an entry that is no template, and one that has no
///   way back.
public func fill(
  _ entry: Entry, target: Filled.Target = .sql, slots given: [String: SlotValue], catalog: (any SlotSource)? = nil,
  options: FillOptions = FillOptions()
) throws(FillError) -> Filled {
  if let reason = entry.irreversible { throw .irreversible(entry: entry.id, reason: reason) }
  let parts = entry.steps.filter { $0.kind.isTemplate && $0.versions.contains(options.serverVersion) }
  guard parts.contains(where: { $0.kind == .up }) else { throw .notATemplate(entry: entry.id) }
  let relation: Step.Relation = options.partitions == nil ? .plain : .partitioned
  let steps = parts.filter { $0.relation == nil || $0.relation == relation }
  let ups = steps.filter { $0.kind == .up }
  guard !ups.isEmpty else { throw .notForPartitioned(entry: entry.id) }
  let downs = steps.filter { $0.kind == .down }
  guard !downs.isEmpty else { throw .irreversible(entry: entry.id, reason: "the page has no way back") }
  let migrations = steps.filter { $0.kind == .rails }
  guard target == .sql || !migrations.isEmpty else { throw .noRailsMigration(entry: entry.id) }

  let reader = try SlotReader(entry, given, catalog: catalog)
  func text(_ steps: [Step]) throws(FillError) -> String {
    var texts: [String] = []
    for step in steps { texts += try reader.texts(step, options: options) }
    return texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
  let verify = try text(steps.filter { $0.kind == .verify })
  var files: [Filled.File] = []
  var up = ""
  var down = ""
  switch target {
  case .sql:
    up = try text(ups)
    down = try text(downs)
    let name = "\(options.timestamp)_\(reader.fileName(ups[0].name, entry: entry))"
    files = [.init(name: "\(name).up.sql", text: up + "\n"), .init(name: "\(name).down.sql", text: down + "\n")]
  case .rails:
    let sql = (up: try text(ups), down: try text(downs))
    for (index, step) in migrations.enumerated() {
      let name = "\(options.timestamp(index))_\(reader.fileName(step.name, entry: entry)).rb"
      files.append(.init(name: name, text: try reader.text(step, options: options, sql: sql) + "\n"))
    }
    up = files.map { "# \($0.name)\n\($0.text)" }.joined(separator: "\n")
  }
  let handover = entry.sections.first { $0.title == "Hand over" }?.blocks.compactMap { block in
    if case .item(_, _, let text) = block { text } else { nil }
  }
  return Filled(
    entry: entry.id, target: target,
    slots: entry.slots.compactMap { slot in reader.values[slot.name].map { (slot.name, $0.text) } },
    up: up, down: down, verify: verify, files: files, notes: reader.notes + (handover ?? []))
}

extension Step {
  /// The block with its slots filled in, for running it: names and literals quoted, missing slots an error.
  public func filled(
    in entry: Entry, slots: [String: SlotValue], catalog: (any SlotSource)? = nil
  ) throws(FillError) -> String {
    try SlotReader(entry, slots, only: variables, catalog: catalog).text(self, options: FillOptions(timestamp: ""))
  }
}

extension SlotReader {
  /// A file's name without time stamp and ending: lower case, underscores.
  func fileName(_ pattern: String?, entry: Entry) -> String {
    let name = asWord(pattern.flatMap(expand) ?? entry.id)
    return name.utf8.count > 100 ? Self.shortened(name) : name
  }

  /// `add_index_hosts` as `AddIndexHosts`, as Rails derives it from the file's name.
  static func className(_ fileName: String) -> String {
    fileName.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The text of a step, or one for each partition that it is for.
  func texts(_ step: Step, options: FillOptions) throws(FillError) -> [String] {
    guard let each = step.each else { return [try text(step, options: options)] }
    guard case .newIndex(let name)? = values["name"] else { return [] }
    var texts: [String] = []
    for partition in options.partitions ?? [] where partition.isLeaf == (each == .leaf) {
      texts.append(try text(step, options: options, more: partition.values(under: name)))
    }
    return texts
  }

  /// - Parameters:
  ///   - more: values beside those of the slots.
  ///   - sql: what `<up>` and `<down>` stand for in Ruby.
  func text(
    _ step: Step, options: FillOptions, more: [String: ResolvedValue] = [:], sql: (up: String, down: String) = ("", "")
  ) throws(FillError) -> String {
    var out = ""
    var optional: (text: String, isComplete: Bool)?
    for part in Template(step.sql, language: step.language).parts {
      var piece = ""
      switch part {
      case .text(let text): piece = text
      case .open:
        optional = ("", true)
        continue
      case .close:
        if let optional, optional.isComplete { out += optional.text }
        optional = nil
        continue
      case .ruby("Class"): piece = Self.className(fileName(step.name, entry: entry))
      case .ruby("rails"): piece = options.railsVersion
      case .ruby("up"): piece = Self.executed(sql.up)
      case .ruby("down"): piece = Self.executed(sql.down)
      case .ruby(let name), .sql(let name, _, _):
        guard let value = more[name] ?? values[name], !value.isEmpty else {
          if optional != nil {
            optional?.isComplete = false
            continue
          }
          throw .missing(entry: entry.id, names: [name], known: entry.slots)
        }
        if case .sql(_, let form, let tag) = part {
          piece = value.sql(form)
          try check(piece, name, tag, step)
        } else {
          piece = value.ruby
        }
      }
      if optional == nil { out += piece } else { optional?.text += piece }
    }
    return out
  }

  /// A value must not end the quotes it stands in: a dollar-quoted body, a heredoc.
  private func check(_ piece: String, _ name: String, _ tag: String?, _ step: Step) throws(FillError) {
    guard let slot = entry.slot(named: name) else { return }
    if let tag, position(of: tag.utf8, in: Array(piece.utf8)) != nil {
      throw .invalid(slot: slot, value: piece, reason: "holds \(tag), which ends the block it goes into")
    }
    if step.language == "ruby", lines(of: piece).count > 1 {
      throw .invalid(slot: slot, value: piece, reason: "has more than one line, which a migration can't hold")
    }
  }
}

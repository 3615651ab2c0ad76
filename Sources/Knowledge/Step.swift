/// A marked block of a page.
///
/// The mark-up is the info string of a fenced block: a language, a mark, then attributes `key=value` (quotes around a
/// value with blanks):
///
///     ```sql read expect=none on=primary
///     SELECT … FROM pg_catalog.pg_stat_activity WHERE pid = :pid
///     ```
///
/// | mark | what it is |
/// | --- | --- |
/// | `sql read` | looks only; run by the tests on a real server |
/// | `sql write` | changes something that can be taken back, or adds something |
/// | `sql confirm` | ends, removes or cancels something: asked about first, object and effect named |
/// | `sh outside` | done outside SQL, by a person |
/// | `sql up`, `sql down`, `sql verify` | the parts of a template, in their order; see `fill` |
/// | `ruby rails` | a template's Rails migration: one block a file; attribute `name` is the file's name without time stamp |
/// | no mark | an illustration |
///
/// Variables are psql's: `:'x'` a literal, `:"x"` a name (of a table: without its schema), `:x` as it is (a table comes
/// with its schema, names and lists of columns come quoted). In `up`, `down` and `verify` they also count inside dollar
/// quotes, and `[[ … ]]` stays only if every slot in it has a value. In Ruby `<x>` is the value as a Ruby literal,
/// `<Class>` the class name, `<rails>` the version; a `<<~'SQL'` text is SQL.
///
/// A `###` heading names the step; the words before the block explain it, those after it say what an answer means.
public struct Step: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case read, write, confirm, outside, up, down, verify, rails

    /// Part of a template rather than a thing to do on the way through a playbook.
    public var isTemplate: Bool { self == .up || self == .down || self == .verify || self == .rails }
  }

  /// What a step should answer.
  public enum Expectation: Sendable, Equatable {
    /// No row.
    case none
    /// One row or more.
    case rows
    /// The first column of the first row is true.
    case `true`
  }

  /// For which kind of table a part of a template is.
  public enum Relation: String, Sendable { case plain, partitioned }

  /// A part of a template that is there once for each table of a partition tree below its root: for those that are
  /// partitioned themselves, or for those that hold rows. In it `partition` is the table, `partition_index` a name for
  /// its index, and `above_index` the index of the table above it, made of the slot `name`.
  public enum Each: String, Sendable { case branch, leaf }

  /// Where a step has to be run.
  public enum Place: String, Sendable { case any, primary, standby }

  public let kind: Kind
  public let language: String
  public let section: String
  public let title: String
  /// The words before the block.
  public let explanation: String
  /// The words after it: what its answers mean.
  public internal(set) var reading: String
  /// The block itself, with its variables.
  public let sql: String
  public let expects: Expectation?
  /// Server versions it is for.
  public let versions: VersionRange
  public let place: Place
  /// An extension that must be there, such as `pg_stat_statements`.
  public let needs: String?
  /// False for what the server refuses inside a transaction block.
  public let canRunInTransaction: Bool
  /// To be run again as long as it changes rows.
  public let repeats: Bool
  /// The kind of table it is for, nil for any.
  public let relation: Relation?
  public let each: Each?
  /// The attribute `name`.
  public let name: String?
  /// Line in the file.
  public let line: Int

  /// The slots that the block uses, in order of first use.
  public var variables: [String] {
    var names: [String] = []
    for part in Template(sql, language: language).parts {
      if let name = part.slot, !names.contains(name) { names.append(name) }
    }
    return names
  }
}

/// A part of a page under one `##` heading.
public struct Section: Sendable, Equatable {
  public let title: String
  public internal(set) var blocks: [Block]
}

/// A piece of a section.
public enum Block: Sendable, Equatable {
  case heading(String)
  case paragraph(String)
  /// A list item with its mark (`-` or `1.`) and its depth from 0.
  case item(mark: String, depth: Int, String)
  /// Lines shown as they are: a table.
  case lines([String])
  case code(language: String, mark: String?, String)
}

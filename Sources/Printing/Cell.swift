/// One value of a result: bytes that its source owns, or NULL.
public struct Cell {
  /// The text of the value; empty for NULL. Valid as long as the source is.
  public var bytes: UnsafeBufferPointer<UInt8>
  public var isNull: Bool

  @inlinable
  public init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    isNull = false
  }

  @inlinable
  init(nullWith bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    isNull = true
  }

  /// The absence of a value.
  @inlinable
  public static var null: Cell { Cell(nullWith: UnsafeBufferPointer(start: nil, count: 0)) }
}

/// The heading of a column, and how its values are laid out.
public struct Column: Sendable, Equatable {
  /// What a value becomes in formats that have types of their own (JSON).
  public enum Kind: Sendable {
    case text, number, boolean, json
  }

  public var name: [UInt8]
  /// Numbers and the like stand at the right edge of their column, as psql puts them.
  public var alignsRight: Bool
  public var kind: Kind

  public init(name: [UInt8], alignsRight: Bool = false, kind: Kind = .text) {
    self.name = name
    self.alignsRight = alignsRight
    self.kind = kind
  }

  public init(_ name: String, alignsRight: Bool = false, kind: Kind = .text) {
    self.init(name: Array(name.utf8), alignsRight: alignsRight, kind: kind)
  }

  /// A column of numbers: at the right, and bare in JSON.
  public static func number(_ name: String) -> Column { Column(name, alignsRight: true, kind: .number) }
}

/// Rows that can be printed: a live result of the server, or a table in memory.
public protocol RowSource {
  var columns: [Column] { get }
  var rowCount: Int { get }

  /// Fills `cells`, one for each column, with row `row` (from 0 to below `rowCount`).
  ///
  /// The bytes stay valid as long as the source does. This is one call a row, so that a result is printed without
  /// a copy of its values.
  func fill(_ cells: UnsafeMutableBufferPointer<Cell>, row: Int)
}

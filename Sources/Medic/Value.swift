#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A typed value of evidence or of a figure: it keeps its type in JSON, and its order where it is listed.
public enum Value: Sendable, Hashable {
  case int(Int)
  case double(Double)
  case text(String)
  case bool(Bool)
  case null

  /// The text as a person reads it; null is empty.
  public var text: String {
    switch self {
    case .int(let value): String(value)
    case .double(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    case .text(let value): value
    case .bool(let value): value ? "yes" : "no"
    case .null: ""
    }
  }

  public var isNumber: Bool {
    switch self {
    case .int, .double: true
    default: false
    }
  }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }

  public init(_ value: Int?) { self = value.map { .int($0) } ?? .null }
  public init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
  public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  public init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
}

/// One named value. Names are snake_case and end in their unit where they have one (`size_bytes`, `age_seconds`).
public struct Fact: Sendable, Hashable {
  public let name: String
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

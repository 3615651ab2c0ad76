import Medic
import SQLText

/// Turns a parse tree's expressions into `Expression`, with names resolved in a scope.
struct ExpressionReader: Sendable {
  let scope: Scope
  /// The statement's text: libpg_query 15 loses the digits of negative integers, so they are read there.
  let text: [UInt8]

  func read(_ tree: JSONValue?) -> Expression {
    guard let (kind, fields) = tree?.node else { return .other([]) }
    switch kind {
    case "ColumnRef": return column(fields) ?? .other([])
    case "A_Const": return constant(fields).map { .constant($0) } ?? .other([])
    case "ParamRef": return .parameter(fields["number"]?.int ?? 0)
    case "TypeCast":
      let inner = read(fields["arg"])
      guard let type = typeName(fields["typeName"]) else { return .other(inner.columns) }
      return .cast(inner, type: type)
    case "FuncCall": return call(fields)
    case "A_Expr": return operation(fields)
    case "CoalesceExpr": return .coalesce(fields.list("args").map { read($0) })
    case "SQLValueFunction":
      let words = [
        "SVFOP_CURRENT_DATE": "CURRENT_DATE", "SVFOP_CURRENT_TIMESTAMP": "CURRENT_TIMESTAMP",
        "SVFOP_LOCALTIMESTAMP": "LOCALTIMESTAMP", "SVFOP_CURRENT_USER": "CURRENT_USER",
      ]
      return fields["op"]?.string.flatMap { words[$0] }.map { .moment($0) } ?? .other([])
    case "List": return .list(fields.list("items").map { read($0) })
    case "A_ArrayExpr":
      let elements = fields.list("elements").map { read($0) }
      return elements.allSatisfy { $0.columns.isEmpty } ? .list(elements) : .other(elements.flatMap { $0.columns })
    case "CollateClause": return .other(read(fields["arg"]).columns)
    default: return .other(columns(below: fields))
    }
  }

  /// Every column named anywhere below, but not inside subqueries, which have a scope of their own.
  func columns(below tree: JSONValue) -> [ColumnUse] {
    switch tree {
    case .array(let elements): return elements.flatMap { columns(below: $0) }
    case .object(let object):
      return object.members.flatMap { member -> [ColumnUse] in
        switch member.key {
        case "SelectStmt", "subselect": []
        case "ColumnRef": column(member.value)?.columns ?? []
        default: columns(below: member.value)
        }
      }
    default: return []
    }
  }

  private func column(_ fields: JSONValue) -> Expression? {
    let names = fields.list("fields").map { $0.stringNode }
    guard let last = names.last, let name = last else { return nil }
    let alias = names.count > 1 ? names[names.count - 2] : nil
    return scope.column(name, of: alias)
  }

  private func constant(_ fields: JSONValue) -> Expression.Constant? {
    if fields["isnull"]?.bool == true { return .null }
    let value = fields["val"] ?? fields
    if let text = value["sval"]?["sval"]?.string ?? value["String"]?["str"]?.string { return .text(text) }
    if let digits = value["fval"]?["fval"]?.string ?? value["Float"]?["str"]?.string { return .decimal(digits) }
    if let flag = value["boolval"] { return .boolean(flag["boolval"]?.bool ?? false) }
    guard let integer = value["ival"] ?? value["Integer"] else { return value["sval"] == nil ? nil : .text("") }
    if let number = integer["ival"]?.int { return .integer(String(number)) }
    return .integer(negative(at: fields["location"]?.int ?? 0))
  }

  /// The number that stands in the text at a place, "0" unless it is a negative one.
  private func negative(at place: Int) -> String {
    guard text.indices.contains(place), text[place] == UInt8(ascii: "-") else { return "0" }
    let digits = text[(place + 1)...].drop { $0 == UInt8(ascii: " ") }
      .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? "0" : "-" + String(decoding: digits, as: UTF8.self)
  }

  private func call(_ fields: JSONValue) -> Expression {
    let arguments = fields.list("args").map { read($0) }
    let special = ["agg_order", "agg_filter", "over", "agg_distinct", "agg_star", "agg_within_group", "func_variadic"]
    guard let name = fields.qualifiedName("funcname"), special.allSatisfy({ fields[$0] == nil }) else {
      return .other(arguments.flatMap { $0.columns } + columns(below: fields))
    }
    return .call(schema: name.schema, name: name.name, arguments: arguments)
  }

  private func operation(_ fields: JSONValue) -> Expression {
    let right = read(fields["rexpr"])
    let left = fields["lexpr"].map { read($0) }
    guard fields["kind"]?.string == "AEXPR_OP", let name = fields.qualifiedName("name") else {
      return .other((left?.columns ?? []) + right.columns)
    }
    return .operation(schema: name.schema, name: name.name, left: left, right: right)
  }

  /// A type's name as SQL has it; nil where it has modifiers.
  private func typeName(_ tree: JSONValue?) -> String? {
    guard let tree, let name = tree.qualifiedName("names"), tree.list("typmods").isEmpty else { return nil }
    let plain = name.schema == "pg_catalog" ? SQLName.quoted(name.name) : SQLName.qualified([name.schema, name.name])
    return plain + (tree.list("arrayBounds").isEmpty ? "" : "[]")
  }
}

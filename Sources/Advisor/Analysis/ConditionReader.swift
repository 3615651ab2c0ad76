import Medic
import SQLText

/// Takes WHERE and ON clauses apart into conditions on single tables.
struct ConditionReader: Sendable {
  let expressions: ExpressionReader

  /// What a clause says: conditions that all hold, and alternatives.
  struct Outcome: Sendable {
    var conditions: [Condition] = []
    var disjunctions: [[[Condition]]] = []
    /// Subqueries met on the way, with the expression that ANY compares.
    var subqueries: [(select: JSONValue, test: Expression?)] = []
  }

  func read(_ clause: JSONValue?, into outcome: inout Outcome) {
    guard let (kind, fields) = clause?.node else { return }
    switch kind {
    case "BoolExpr": boolean(fields, into: &outcome)
    case "A_Expr": comparison(fields, into: &outcome)
    case "NullTest":
      let isNull = fields["nulltesttype"]?.string == "IS_NULL"
      let key = expressions.read(fields["arg"])
      add(key, isNull ? .isNull : .isNotNull, nil, { $0.sql.map { "\($0) IS \(isNull ? "" : "NOT ")NULL" } }, &outcome)
    case "BooleanTest":
      let key = expressions.read(fields["arg"])
      switch fields["booltesttype"]?.string {
      case "IS_TRUE": add(key, .isTrue, nil, { $0.sql }, &outcome)
      case "IS_FALSE": add(key, .isFalse, nil, { $0.sql.map { "NOT \($0)" } }, &outcome)
      default: break
      }
    case "ColumnRef":
      let key = expressions.read(clause)
      add(key, .isTrue, nil, { $0.sql }, &outcome)
    case "SubLink": subLink(fields, into: &outcome)
    default: break
    }
    if kind != "SubLink" && kind != "BoolExpr" { nested(fields, into: &outcome) }
  }

  private func boolean(_ fields: JSONValue, into outcome: inout Outcome) {
    let parts = fields.list("args")
    switch fields["boolop"]?.string {
    case "AND_EXPR": for part in parts { read(part, into: &outcome) }
    case "OR_EXPR":
      var arms: [[Condition]] = []
      var isUseful = true
      for part in parts {
        var arm = Outcome()
        read(part, into: &arm)
        outcome.subqueries += arm.subqueries
        if arm.conditions.isEmpty { isUseful = false }
        arms.append(arm.conditions)
      }
      // Only when every arm can be looked up is there anything to gain.
      if isUseful, !arms.isEmpty { outcome.disjunctions.append(arms) }
    case "NOT_EXPR":
      guard let part = parts.first else { return }
      if let (kind, _) = part.node, kind == "ColumnRef" {
        let key = expressions.read(part)
        add(key, .isFalse, nil, { $0.sql.map { "NOT \($0)" } }, &outcome)
      } else if let link = part.fields(of: "SubLink") {
        subLink(link, into: &outcome)
      }
    default: break
    }
  }

  private func comparison(_ fields: JSONValue, into outcome: inout Outcome) {
    guard let name = fields.qualifiedName("name")?.name else { return }
    let (left, right) = (fields["lexpr"], fields["rexpr"])
    switch fields["kind"]?.string {
    case "AEXPR_OP":
      if let rowLeft = left?.fields(of: "RowExpr")?.list("args"),
        let rowRight = right?.fields(of: "RowExpr")?.list("args")
      {
        // (a, b) = (1, 2) is each for itself; (a, b) > (1, 2) at least a range over the first.
        if name == "=" {
          for (one, other) in zip(rowLeft, rowRight) { compare(one, "=", other, &outcome) }
        } else if let one = rowLeft.first, let other = rowRight.first {
          compare(one, name.hasPrefix("<") ? "<=" : ">=", other, &outcome)
        }
        return
      }
      compare(left, name, right, &outcome)
    case "AEXPR_IN" where name == "=":
      let key = expressions.read(left)
      let values = right?.fields(of: "List")?.list("items").map { expressions.read($0) } ?? []
      let list = Expression.list(values)
      add(key, values.count == 1 ? .equal : .anyOf(values.count), list, { sql($0, "IN", list) }, &outcome)
    case "AEXPR_OP_ANY" where name == "=":
      let key = expressions.read(left)
      let array = expressions.read(right)
      var count: Int?
      if case .list(let values) = array { count = values.count }
      add(key, .anyOf(count), array, { count == nil ? nil : sql($0, "IN", array) }, &outcome)
    case "AEXPR_BETWEEN":
      let key = expressions.read(left)
      let bounds = right?.fields(of: "List")?.list("items").map { expressions.read($0) } ?? []
      guard bounds.count == 2, let low = bounds.first, let high = bounds.last else { return }
      add(key, .range, low, { sql($0, ">=", low) }, &outcome)
      add(key, .range, high, { sql($0, "<=", high) }, &outcome)
    case "AEXPR_LIKE" where name == "~~": pattern(left, right, isCaseSensitive: true, name, &outcome)
    case "AEXPR_ILIKE" where name == "~~*": pattern(left, right, isCaseSensitive: false, name, &outcome)
    default: break
    }
  }

  private static let mirrored = ["=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="]
  private static let containment: Set<String> = ["@>", "<@", "&&", "?", "?|", "?&", "@@", "@?"]

  private func compare(_ left: JSONValue?, _ name: String, _ right: JSONValue?, _ outcome: inout Outcome) {
    let (one, other) = (expressions.read(left), expressions.read(right))
    if name == "~" || name == "~*" {
      return add(one, .matches(isKnown: other.constant != nil), other, { sql($0, name, other) }, &outcome)
    }
    if Self.containment.contains(name) {
      return add(one, .contains(name), other, { sql($0, name, other) }, &outcome)
    }
    guard let mirror = Self.mirrored[name] else { return }
    let test: Condition.Test = name == "=" ? .equal : .range
    add(one, test, other, { sql($0, name, other) }, &outcome)
    add(other, test, one, { sql($0, mirror, one) }, &outcome)
  }

  private func pattern(
    _ left: JSONValue?, _ right: JSONValue?, isCaseSensitive: Bool, _ name: String, _ outcome: inout Outcome
  ) {
    let (key, value) = (expressions.read(left), expressions.read(right))
    let text = { (key: Expression) in sql(key, name, value) }
    guard case .text(let pattern)? = value.constant else {
      return add(key, .matches(isKnown: false), value, text, &outcome)
    }
    let start = pattern.prefix { $0 != "%" && $0 != "_" && $0 != "\\" }
    add(key, isCaseSensitive && !start.isEmpty ? .startsWith : .matches(isKnown: true), value, text, &outcome)
  }

  /// The comparison in SQL, if both sides can be written and hold no parameter.
  private func sql(_ key: Expression, _ name: String, _ value: Expression) -> String? {
    guard !value.hasParameters, !key.hasParameters, value.columns.isEmpty, let one = key.sql, let other = value.sql
    else {
      return nil
    }
    return "\(one) \(name) \(other)"
  }

  /// Notes the condition if its key is over one table and the other side doesn't need that table.
  private func add(
    _ key: Expression, _ test: Condition.Test, _ operand: Expression?, _ text: (Expression) -> String?,
    _ outcome: inout Outcome
  ) {
    if case .either(let arms) = key {
      for arm in arms { add(arm, test, operand, text, &outcome) }
      return
    }
    guard let use = key.onlyUse, key.sql != nil, !key.hasParameters else { return }
    let partners = operand?.columns ?? []
    guard !partners.contains(where: { $0.use == use }) else { return }
    if case .other? = operand, partners.isEmpty, test == .equal || test == .range {
      // A subquery's value, or an expression that isn't followed: a value all the same.
      outcome.conditions.append(
        Condition(key: key, use: use, test: test, partners: [], operand: nil, sql: nil))
      return
    }
    outcome.conditions.append(
      Condition(key: key, use: use, test: test, partners: partners, operand: operand, sql: text(key)))
  }

  private func subLink(_ fields: JSONValue, into outcome: inout Outcome) {
    guard let select = fields["subselect"] else { return }
    let test = fields["subLinkType"]?.string == "ANY_SUBLINK" ? fields["testexpr"].map { expressions.read($0) } : nil
    outcome.subqueries.append((select, test))
  }

  /// Subqueries inside other expressions, such as `x = (SELECT …)`.
  func nested(_ tree: JSONValue, into outcome: inout Outcome) {
    switch tree {
    case .array(let elements): for element in elements { nested(element, into: &outcome) }
    case .object(let object):
      for member in object.members {
        if member.key == "SubLink" {
          subLink(member.value, into: &outcome)
        } else {
          nested(member.value, into: &outcome)
        }
      }
    default: break
    }
  }
}

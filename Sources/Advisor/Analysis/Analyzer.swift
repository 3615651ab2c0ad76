import SQLText

/// Works out what a statement asks of its tables: conditions, orders and columns, with names resolved by the catalog.
struct Analyzer: Sendable {
  private let catalog: Catalog
  private let text: [UInt8]
  private var analysis = StatementAnalysis()
  /// Views inside views end somewhere.
  private static let deepestView = 8

  static func analyze(_ statement: WorkloadStatement, _ catalog: Catalog) -> StatementAnalysis {
    var analyzer = Analyzer(catalog: catalog, text: Array(statement.text.utf8))
    guard let (kind, fields) = statement.tree.node else { return analyzer.analysis }
    analyzer.statement(kind, fields, Scope())
    return analyzer.analysis
  }

  private init(catalog: Catalog, text: [UInt8]) {
    self.catalog = catalog
    self.text = text
  }

  // MARK: Statements

  private mutating func statement(_ kind: String, _ fields: JSONValue, _ outer: Scope) {
    if kind == "SelectStmt" {
      _ = select(fields, outer)
      return
    }
    var scope = outer
    commonTables(fields["withClause"], &scope)
    switch kind {
    case "InsertStmt":
      if let table = target(fields["relation"]) { analysis.target = (table.id, Set(table.columns.map { $0.name })) }
      if let source = fields["selectStmt"]?.fields(of: "SelectStmt") { _ = select(source, scope) }
    case "UpdateStmt", "DeleteStmt":
      let isUpdate = kind == "UpdateStmt"
      enter(fields["relation"], isTarget: true, &scope, depth: 0)
      var conditions = ConditionReader.Outcome()
      for item in fields.list(isUpdate ? "fromClause" : "usingClause") { from(item, &scope, &conditions) }
      let assigned = isUpdate ? fields.list("targetList").compactMap { $0.fields(of: "ResTarget") } : []
      if let table = target(fields["relation"]) {
        analysis.target = (table.id, Set(assigned.compactMap { $0["name"]?.string }))
      }
      finish(fields["whereClause"], scope, conditions)
      note(.array(assigned.compactMap { $0["val"] }), scope)
      // The row's place is needed, so an index-only scan never does.
      analysis.wholeRows.insert(0)
    case "MergeStmt":
      enter(fields["relation"], isTarget: true, &scope, depth: 0)
      var conditions = ConditionReader.Outcome()
      if let source = fields["sourceRelation"] { from(source, &scope, &conditions) }
      if let table = target(fields["relation"]) {
        analysis.target = (table.id, Set(table.columns.map { $0.name }))
      }
      finish(fields["joinCondition"], scope, conditions)
      analysis.wholeRows.insert(0)
    default: break
    }
  }

  private func target(_ relation: JSONValue?) -> TableFacts? {
    guard let name = relation?["relname"]?.string else { return nil }
    return catalog.table(schema: relation?["schemaname"]?.string, name)
  }

  private mutating func commonTables(_ clause: JSONValue?, _ scope: inout Scope) {
    for item in clause?.list("ctes") ?? [] {
      guard let fields = item.fields(of: "CommonTableExpr"), let name = fields["ctename"]?.string,
        let (kind, query) = fields["ctequery"]?.node
      else { continue }
      if kind == "SelectStmt" {
        if clause?["recursive"]?.bool == true { scope.commonTables[name] = .opaque }
        let outputs = select(query, scope.inner)
        scope.commonTables[name] = .derived(renamed(outputs, fields.list("aliascolnames")))
      } else {
        statement(kind, query, scope.inner)
        scope.commonTables[name] = .opaque
      }
    }
  }

  private func renamed(
    _ outputs: [(name: String, expression: Expression)], _ names: [JSONValue]
  ) -> [(name: String, expression: Expression)] {
    outputs.enumerated().map { index, output in
      (names.indices.contains(index) ? names[index].stringNode ?? output.name : output.name, output.expression)
    }
  }

  // MARK: Query blocks

  /// Reads a SELECT and gives its output columns. What comes out of groups, windows and limits isn't
  /// followed: a condition on it can't be pushed down to the table.
  private mutating func select(
    _ fields: JSONValue, _ outer: Scope, depth: Int = 0
  ) -> [(name: String, expression: Expression)] {
    var scope = outer
    commonTables(fields["withClause"], &scope)
    if let left = fields["larg"], let right = fields["rarg"] {
      let outputs = select(operand(left), scope.inner, depth: depth)
      let others = select(operand(right), scope.inner, depth: depth)
      let isClosed = fields["limitCount"] != nil || fields["limitOffset"] != nil || outputs.count != others.count
      // A condition on a UNION's column holds for each arm.
      return zip(outputs, others).map { one, other in
        (
          one.name,
          isClosed || fields["op"]?.string != "SETOP_UNION" ? .other([]) : .either([one.expression, other.expression])
        )
      }
    }
    scope = scope.inner
    var conditions = ConditionReader.Outcome()
    for item in fields.list("fromClause") { from(item, &scope, &conditions, depth: depth) }
    let reader = ExpressionReader(scope: scope, text: text)
    let targets = fields.list("targetList").compactMap { $0.fields(of: "ResTarget") }
    finish(fields["whereClause"], scope, conditions)
    var having = ConditionReader.Outcome()
    ConditionReader(expressions: reader).nested(.array(fields.list("targetList")), into: &having)
    if let clause = fields["havingClause"] { ConditionReader(expressions: reader).nested(clause, into: &having) }
    subqueries(having.subqueries, scope)
    let outputs = outputs(targets, scope, reader)
    for part in ["targetList", "whereClause", "groupClause", "sortClause", "havingClause", "distinctClause"] {
      if let tree = fields[part] { note(tree, scope) }
    }
    orders(fields, outputs, reader)
    let isClosed =
      ["groupClause", "limitCount", "limitOffset", "distinctClause", "windowClause", "havingClause"]
      .contains { fields[$0] != nil } || targets.contains { hasAggregate($0) }
    return isClosed ? outputs.map { ($0.name, .other([])) } : outputs
  }

  /// An operand of UNION and the like stands with or without its node's name.
  private func operand(_ tree: JSONValue) -> JSONValue { tree.fields(of: "SelectStmt") ?? tree }

  private func hasAggregate(_ target: JSONValue) -> Bool {
    guard let call = target["val"]?.fields(of: "FuncCall") else { return false }
    return call["over"] != nil || call["agg_star"] != nil
      || aggregates.contains(call.qualifiedName("funcname")?.name ?? "")
  }

  private let aggregates: Set<String> = [
    "min", "max", "sum", "avg", "count", "array_agg", "string_agg", "bool_and", "bool_or", "every", "json_agg",
    "jsonb_agg",
  ]

  private mutating func outputs(
    _ targets: [JSONValue], _ scope: Scope, _ reader: ExpressionReader
  ) -> [(name: String, expression: Expression)] {
    var outputs: [(name: String, expression: Expression)] = []
    for target in targets {
      if let names = target["val"]?.fields(of: "ColumnRef")?.list("fields"), names.last?.fields(of: "A_Star") != nil {
        let alias = names.count > 1 ? names[names.count - 2].stringNode : nil
        for entry in scope.entries where alias == nil || entry.alias == alias {
          if case .table(let use, _) = entry.source { analysis.wholeRows.insert(use) }
          outputs += entry.source.allColumns
        }
        continue
      }
      let expression = reader.read(target["val"])
      var name = target["name"]?.string
      if name == nil, let names = target["val"]?.fields(of: "ColumnRef")?.list("fields") {
        name = names.last?.stringNode
      }
      if name == nil { name = target["val"]?.fields(of: "FuncCall")?.qualifiedName("funcname")?.name }
      outputs.append((name ?? "?column?", expression))
    }
    return outputs
  }

  private mutating func finish(_ clause: JSONValue?, _ scope: Scope, _ joined: ConditionReader.Outcome) {
    var outcome = joined
    let reader = ConditionReader(expressions: ExpressionReader(scope: scope, text: text))
    reader.read(clause, into: &outcome)
    analysis.conditions += outcome.conditions
    analysis.disjunctions += outcome.disjunctions
    subqueries(outcome.subqueries, scope)
    if let clause { note(clause, scope) }
  }

  /// Subqueries, and the equality that `x IN (SELECT y …)` means for both sides.
  private mutating func subqueries(_ found: [(select: JSONValue, test: Expression?)], _ scope: Scope) {
    for (tree, test) in found {
      guard let query = tree.fields(of: "SelectStmt") else { continue }
      let outputs = select(query, scope)
      guard let test, outputs.count == 1, let output = outputs.first?.expression else { continue }
      for (key, other) in [(test, output), (output, test)] {
        guard let use = key.onlyUse, key.sql != nil, !other.columns.contains(where: { $0.use == use }) else { continue }
        // The outer side can be looked up for each value even where the values aren't plain columns.
        analysis.conditions.append(
          Condition(key: key, use: use, test: .equal, partners: other.columns, operand: other, sql: nil))
      }
    }
  }

  /// An order counts if all its keys are of one table.
  mutating func addOrdering(_ keys: [Ordering.Key], _ purpose: Ordering.Purpose, _ isLimited: Bool) {
    let uses = Set(keys.flatMap { $0.expression.columns.map { $0.use } })
    guard uses.count == 1, let use = uses.first,
      keys.allSatisfy({ $0.expression.onlyUse == use && $0.expression.sql != nil && !$0.expression.hasParameters })
    else { return }
    analysis.orderings.append(Ordering(use: use, keys: keys, purpose: purpose, isLimited: isLimited))
  }

  /// Notes which columns are used.
  private mutating func note(_ tree: JSONValue, _ scope: Scope) {
    for column in ExpressionReader(scope: scope, text: text).columns(below: tree) {
      analysis.columns[column.use, default: []].insert(column.name)
    }
  }

  // MARK: FROM

  private mutating func from(
    _ item: JSONValue, _ scope: inout Scope, _ conditions: inout ConditionReader.Outcome, depth: Int = 0
  ) {
    guard let (kind, fields) = item.node else { return }
    switch kind {
    case "RangeVar": enter(fields, isTarget: false, &scope, depth: depth)
    case "JoinExpr":
      let before = scope.entries.count
      if let left = fields["larg"] { from(left, &scope, &conditions, depth: depth) }
      let middle = scope.entries.count
      if let right = fields["rarg"] { from(right, &scope, &conditions, depth: depth) }
      ConditionReader(expressions: ExpressionReader(scope: scope, text: text)).read(fields["quals"], into: &conditions)
      if let quals = fields["quals"] { note(quals, scope) }
      merge(fields, scope.entries[before..<middle], scope.entries[middle...], &conditions)
    case "RangeSubselect":
      guard let query = fields["subquery"]?.fields(of: "SelectStmt") else { return }
      var visible = scope
      if fields["lateral"]?.bool != true { visible.entries = [] }
      let outputs = select(query, visible, depth: depth)
      let alias = fields["alias"]
      scope.entries.append(
        (alias?["aliasname"]?.string ?? "", .derived(renamed(outputs, alias?.list("colnames") ?? []))))
    default:
      scope.entries.append((fields["alias"]?["aliasname"]?.string ?? "", .opaque))
    }
  }

  /// The equalities of USING and NATURAL.
  private mutating func merge(
    _ join: JSONValue, _ left: ArraySlice<(alias: String, source: Scope.Source)>,
    _ right: ArraySlice<(alias: String, source: Scope.Source)>, _ outcome: inout ConditionReader.Outcome
  ) {
    var names = join.list("usingClause").compactMap { $0.stringNode }
    if join["isNatural"]?.bool == true {
      let rightNames = Set(right.flatMap { $0.source.allColumns.map { $0.name } })
      names = left.flatMap { $0.source.allColumns.map { $0.name } }.filter { rightNames.contains($0) }
    }
    for name in names {
      let one = left.lazy.compactMap { $0.source.column(name) }.first
      let other = right.lazy.compactMap { $0.source.column(name) }.first
      guard let one, let other else { continue }
      for (key, value) in [(one, other), (other, one)] {
        guard case .column(let column) = key else { continue }
        analysis.columns[column.use, default: []].insert(column.name)
        outcome.conditions.append(
          Condition(key: key, use: column.use, test: .equal, partners: value.columns, operand: value, sql: nil))
      }
    }
  }

  private mutating func enter(_ relation: JSONValue?, isTarget: Bool, _ scope: inout Scope, depth: Int) {
    guard let relation, let name = relation["relname"]?.string else { return }
    let schema = relation["schemaname"]?.string
    let alias = relation["alias"]?["aliasname"]?.string ?? name
    if schema == nil, !isTarget, let common = scope.commonTables[name] {
      scope.entries.append((alias, common))
      return
    }
    guard let table = catalog.table(schema: schema, name) else {
      analysis.unknown.append(name)
      scope.entries.append((alias, .opaque))
      return
    }
    if let definition = table.definition {
      scope.entries.append((alias, view(definition, depth: depth)))
      return
    }
    analysis.uses.append(TableUse(table: table.id, alias: alias))
    var columns = table.columns.map { $0.name }
    let use = analysis.uses.count - 1
    let renamedColumns = relation["alias"]?.list("colnames").compactMap { $0.stringNode } ?? []
    if renamedColumns.isEmpty {
      scope.entries.append((alias, .table(use: use, columns: columns)))
    } else {
      let outputs = columns.enumerated().map { index, column in
        (
          renamedColumns.indices.contains(index) ? renamedColumns[index] : column,
          Expression.column(ColumnUse(use: use, name: column))
        )
      }
      columns = []
      scope.entries.append((alias, .derived(outputs)))
    }
  }

  /// A view is the subquery that it stands for.
  private mutating func view(_ definition: String, depth: Int) -> Scope.Source {
    guard depth < Self.deepestView, let tree = try? ParseTree.parse(definition),
      let query = tree["stmts"]?[0]?["stmt"]?.fields(of: "SelectStmt")
    else { return .opaque }
    return .derived(select(query, Scope(), depth: depth + 1))
  }
}

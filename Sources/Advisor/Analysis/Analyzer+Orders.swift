import SQLText

extension Analyzer {
  /// ORDER BY, GROUP BY, DISTINCT, and min and max, as far as they are about one table.
  mutating func orders(
    _ fields: JSONValue, _ outputs: [(name: String, expression: Expression)], _ reader: ExpressionReader
  ) {
    let isLimited = fields["limitCount"].map { $0.fields(of: "A_Const")?["isnull"] == nil } ?? false
    func meant(_ tree: JSONValue?) -> Expression {
      // A number is a place in the list, a bare name an output column first.
      if let number = tree?.fields(of: "A_Const")?["ival"]?["ival"]?.int {
        return outputs.indices.contains(number - 1) ? outputs[number - 1].expression : .other([])
      }
      if let names = tree?.fields(of: "ColumnRef")?.list("fields"), names.count == 1,
        let name = names.first?.stringNode,
        let output = outputs.first(where: { $0.name == name })
      {
        return output.expression
      }
      return reader.read(tree)
    }
    let sorts = fields.list("sortClause").compactMap { $0.fields(of: "SortBy") }
    let keys = sorts.map { sort -> Ordering.Key in
      let isDescending = sort["sortby_dir"]?.string == "SORTBY_DESC"
      let nulls = sort["sortby_nulls"]?.string
      return Ordering.Key(
        expression: meant(sort["node"]), isDescending: isDescending,
        nullsFirst: nulls == "SORTBY_NULLS_FIRST" || (nulls != "SORTBY_NULLS_LAST" && isDescending))
    }
    if sorts.allSatisfy({ $0["sortby_dir"]?.string != "SORTBY_USING" }) { addOrdering(keys, .sort, isLimited) }
    func plain(_ expression: Expression) -> Ordering.Key {
      Ordering.Key(expression: expression, isDescending: false, nullsFirst: false)
    }
    let groups = fields.list("groupClause").map { plain(meant($0)) }
    addOrdering(groups, .group, false)
    let distinct = fields.list("distinctClause")
    if !distinct.isEmpty, keys.isEmpty {
      let named = distinct.filter { $0.node != nil }
      let list = named.isEmpty ? outputs.map { plain($0.expression) } : named.map { plain(meant($0)) }
      addOrdering(list, .group, false)
    }
    extremes(fields, reader)
  }

  /// `SELECT max(x)`, alone or with another extreme, asks for the ends of an order.
  private mutating func extremes(_ fields: JSONValue, _ reader: ExpressionReader) {
    guard fields["groupClause"] == nil else { return }
    var keys: [Ordering.Key] = []
    for target in fields.list("targetList") {
      guard let call = target.fields(of: "ResTarget")?["val"]?.fields(of: "FuncCall"),
        let name = call.qualifiedName("funcname")?.name, name == "max" || name == "min",
        call.list("args").count == 1
      else { return }
      keys.append(
        Ordering.Key(expression: reader.read(call.list("args").first), isDescending: false, nullsFirst: false))
    }
    for key in keys { addOrdering([key], .extreme, true) }
  }
}

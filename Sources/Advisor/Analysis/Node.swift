import SQLText

/// libpg_query's trees: a node is an object with one member, its kind.
extension JSONValue {
  var node: (kind: String, fields: JSONValue)? {
    guard let member = object?.members.first else { return nil }
    return (member.key, member.value)
  }

  /// The fields of the node if it is of this kind.
  func fields(of kind: String) -> JSONValue? {
    guard let node, node.kind == kind else { return nil }
    return node.fields
  }

  /// The elements of a list that may be missing.
  func list(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }

  /// A `String` node's text. (Up to version 14 the member was called `str`.)
  var stringNode: String? {
    guard let fields = fields(of: "String") else { return nil }
    return fields["sval"]?.string ?? fields["str"]?.string ?? ""
  }

  /// A list of `String` nodes as a name: schema, if there is one, and the last part.
  func qualifiedName(_ key: String) -> (schema: String?, name: String)? {
    let parts = list(key).compactMap { $0.stringNode }
    guard let name = parts.last else { return nil }
    return (parts.count > 1 ? parts[parts.count - 2] : nil, name)
  }

  /// The highest parameter number anywhere below.
  var highestParameter: Int {
    switch self {
    case .array(let elements): elements.reduce(0) { max($0, $1.highestParameter) }
    case .object(let object):
      object.members.reduce(0) { highest, member in
        let own = member.key == "ParamRef" ? member.value["number"]?.int ?? 0 : 0
        return max(highest, own, member.value.highestParameter)
      }
    default: 0
    }
  }

  /// Every `RangeVar` below, as schema and name.
  func relationNames(into names: inout [(schema: String?, name: String)]) {
    switch self {
    case .array(let elements): for element in elements { element.relationNames(into: &names) }
    case .object(let object):
      for member in object.members {
        // The target of INSERT, UPDATE and DELETE stands without the node's name around it.
        if let relation = member.value["relname"]?.string, member.key == "RangeVar" || member.key == "relation" {
          names.append((member.value["schemaname"]?.string, relation))
        }
        member.value.relationNames(into: &names)
      }
    default: break
    }
  }
}

@testable import Medic

/// Makes tables that nobody has looked at: random columns, contents, indexes, deletes and updates, from a seed.
struct BloatGenerator {
  private var random: Random
  private let name: String
  private let rows: Int

  /// Statements that make one table with its indexes, of a megabyte or several.
  private(set) var statements: [String] = []

  private struct Column {
    let name: String
    let type: String
    /// The value of row `i`, in SQL.
    let value: String
    let isKey: Bool
  }

  init(seed: Int, name: String, rows: Int = 20_000) {
    random = Random(seed: UInt64(truncatingIfNeeded: seed) &* 7919 &+ 13)
    self.name = name
    self.rows = rows / 2 + random.next(below: rows)
    make()
  }

  private mutating func chance(_ share: Double) -> Bool { Double(random.next(below: 1000)) < share * 1000 }
  private mutating func pick<T>(_ choices: [T]) -> T { choices[random.next(below: choices.count)] }

  /// A number that looks random, from row `i`, the same each time; `salt` makes another.
  private func scattered(_ salt: Int) -> String { "abs(hashint8(i * 1009 + \(salt))::bigint)" }

  private mutating func column(_ number: Int) -> Column {
    let salt = random.next(below: 1_000_000)
    let hash = scattered(salt)
    // How many different values: few, some, or one a row.
    let kinds = pick([3, 50, 2000, 1_000_000_000])
    let length = pick([3, 12, 40, 120, 300])
    let value: (type: String, value: String, isKey: Bool) = pick([
      ("bool", "\(hash) % 2 = 0", true), ("int2", "(\(hash) % least(\(kinds), 30000))::int2", true),
      ("int4", "(\(hash) % \(kinds))::int", true), ("int8", "i", true), ("int8", "i / 7", true),
      ("float8", "(\(hash) % \(kinds))::float8", true), ("numeric", "(\(hash) % \(kinds))::numeric / 100", true),
      ("date", "'2000-01-01'::date + (\(hash) % 9000)::int", true),
      ("timestamptz", "'2000-01-01'::timestamptz + i * interval '1 min'", true),
      ("uuid", "md5((\(hash) % \(kinds))::text)::uuid", true),
      ("text", "md5((\(hash) % \(kinds))::text)", true),
      ("text", "'v' || \(hash) % \(kinds)", true),
      ("text", "left(repeat(md5((\(hash) % \(kinds))::text), 12), (\(hash) % \(length))::int)", true),
      ("varchar(40)", "left(md5((\(hash) % \(kinds))::text), 1 + (\(hash) % 30)::int)", true),
      ("char(10)", "'c' || \(hash) % 90000", true), ("name", "'n' || \(hash) % \(kinds)", true),
      ("\"char\"", "chr(65 + (\(hash) % 26)::int)", true), ("inet", "'10.0.0.0'::inet + \(hash) % \(kinds)", true),
      ("interval", "make_interval(mins => (\(hash) % 5000)::int)", true),
      ("int4range", "int4range((\(hash) % 9000)::int, (\(hash) % 9000)::int + 5)", true),
      ("int[]", "array_fill((\(hash) % 9)::int, ARRAY[1 + (\(hash) % 6)::int])", true),
      ("jsonb", "jsonb_build_object('k', \(hash) % 9, 'v', md5(i::text))", false),
      ("json", "json_build_object('k', \(hash) % \(kinds))", false),
      ("bytea", "decode(repeat(md5((\(hash))::text), 1 + (\(hash) % 20)::int), 'hex')", false),
      ("text", "repeat(md5((\(hash))::text), (\(hash) % 90)::int)", false),
      ("point", "point(i, i)", false), ("varbit", "repeat('1', 1 + (\(hash) % 40)::int)::varbit", true),
    ])
    let nulls = pick([0, 0, 0, 10, 50, 95])
    let text =
      nulls == 0 ? value.value : "CASE WHEN \(scattered(salt + 1)) % 100 >= \(nulls) THEN \(value.value) END"
    return Column(
      name: chance(0.1) ? "\"Col \(number)\"" : "c\(number)",
      type: value.type + (nulls == 0 && chance(0.5) ? " NOT NULL" : ""),
      value: text, isKey: value.isKey)
  }

  private mutating func make() {
    let columns = (1...(1 + random.next(below: 9))).map { column($0) }
    let fillFactor = chance(0.25) ? ", fillfactor = \(pick([50, 70, 85, 95]))" : ""
    let list = (["id int NOT NULL"] + columns.map { "\($0.name) \($0.type)" }).joined(separator: ", ")
    statements.append(
      "CREATE TABLE \(name) (\(list)) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off\(fillFactor))")
    if let long = columns.last(where: { $0.type.hasPrefix("text") || $0.type == "bytea" }), chance(0.3) {
      let storage = pick(["PLAIN", "EXTERNAL", "MAIN"])
      statements.append("ALTER TABLE \(name) ALTER \(long.name) SET STORAGE \(storage)")
    }
    let values = (["i"] + columns.map { $0.value }).joined(separator: ", ")
    let order = pick(["", "", " ORDER BY hashint4(i)"])
    let insert = "INSERT INTO \(name) SELECT \(values) FROM generate_series"
    let indexes = self.indexes(columns)
    let comesFirst = chance(0.6)
    if comesFirst { statements += indexes }
    statements.append("\(insert)(1, \(rows)) i\(order)")
    if !comesFirst { statements += indexes }
    for _ in 0..<random.next(below: 4) { change(insert, columns) }
    if chance(0.15), columns.count > 1 {
      statements.append("ALTER TABLE \(name) DROP COLUMN \(columns[0].name) CASCADE")
    }
    if chance(0.1) { statements.append("ALTER TABLE \(name) ADD COLUMN later int DEFAULT 7") }
    if chance(0.5) { statements.append("VACUUM \(name)") }
    if chance(0.3) { statements.append("ANALYZE \(name)") }
  }

  private mutating func indexes(_ columns: [Column]) -> [String] {
    let keys = columns.filter { $0.isKey }
    return (1...3).map { number in
      let fillFactor = chance(0.2) ? " WITH (fillfactor = \(pick([50, 70, 100])))" : ""
      var list: [String] = []
      for _ in 0..<(1 + random.next(below: 2)) {
        guard !keys.isEmpty else { break }
        let key = pick(keys).name
        if !list.contains(key) { list.append(key) }
      }
      if list.isEmpty || number == 1 && chance(0.5) { list = ["id"] }
      let unique = list == ["id"] && chance(0.5) && number == 1 ? "UNIQUE " : ""
      if chance(0.1) { list = ["(id / 10)"] }
      let include = chance(0.1) ? " INCLUDE (id)" : ""
      let order = chance(0.1) ? " DESC" : ""
      let predicate = chance(0.15) ? " WHERE id % 3 = 0" : ""
      return "CREATE \(unique)INDEX \(name)_\(number) ON \(name) (\(list.joined(separator: ", "))\(order))\(include)"
        + "\(fillFactor)\(predicate)"
    }
  }

  private mutating func change(_ insert: String, _ columns: [Column]) {
    let share = 5 + random.next(below: 90)
    let start = random.next(below: rows)
    let salt = random.next(below: 1_000_000)
    let some = "abs(hashint8(id::bigint * 31 + \(salt))::bigint) % 100 < \(share)"
    let run = "id BETWEEN \(start) AND \(start + rows * share / 100)"
    let clumps = "abs(hashint8((id / \(40 + random.next(below: 400)))::bigint + \(salt))::bigint) % 100 < \(share)"
    switch random.next(below: 6) {
    case 0, 1: statements.append("DELETE FROM \(name) WHERE \(pick([some, run, clumps]))")
    case 2:
      statements.append("DELETE FROM \(name) WHERE \(pick([some, run, clumps]))")
      statements.append("VACUUM \(name)")
    case 3: statements.append("UPDATE \(name) SET id = id WHERE \(pick([some, run, clumps]))")
    case 4:
      let set = columns.first.map { "\($0.name) = \($0.name), " } ?? ""
      statements.append("UPDATE \(name) SET \(set)id = id + 1000000 WHERE \(pick([some, run]))")
      if chance(0.5) { statements.append("VACUUM \(name)") }
    default: statements.append("\(insert)(\(rows * 2), \(rows * 2 + rows * share / 200)) i")
    }
  }
}

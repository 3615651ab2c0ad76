import Printing

extension Session {
  /// `\du` and `\dg`
  mutating func listRoles(_ request: DescribeRequest) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: 1)
    var filter = CatalogFilter()
    if request.isForUserObjects { filter.require("r.rolname !~ '^pg_'") }
    filter.match(pattern, NameTarget("r.rolname", parts: 1))
    let roles = try rows(Self.roles + filter.clause + "\nORDER BY 1", filter.parameters)
    var headings = ["Role name", "Attributes", "Member of"]
    if request.isVerbose { headings.append("Description") }
    describe(
      "List of roles", columns: headings.map { Column($0) },
      rows: roles.map { role in
        [role["rolname"], attributes(of: role), role["memberof"]] + (request.isVerbose ? [role["description"]] : [])
      }, footers: [])
  }

  private static let roles = """
    SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolconnlimit,
      r.rolvaliduntil, r.rolreplication, r.rolbypassrls,
      pg_catalog.shobj_description(r.oid, 'pg_authid') AS description,
      ARRAY(SELECT g.rolname
        FROM pg_catalog.pg_auth_members m
          JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid) AS memberof
    FROM pg_catalog.pg_roles r
    """

  private func attributes(of role: CatalogRow) -> String {
    var words: [String] = []
    if role.holds("rolsuper") { words.append("Superuser") }
    if !role.holds("rolinherit") { words.append("No inheritance") }
    if role.holds("rolcreaterole") { words.append("Create role") }
    if role.holds("rolcreatedb") { words.append("Create DB") }
    if !role.holds("rolcanlogin") { words.append("Cannot login") }
    if role.holds("rolreplication") { words.append("Replication") }
    if role.holds("rolbypassrls") { words.append("Bypass RLS") }
    var lines = words.isEmpty ? [] : [words.joined(separator: ", ")]
    switch role["rolconnlimit"] {
    case "-1", "": break
    case "0": lines.append("No connections")
    case "1": lines.append("1 connection")
    case let limit: lines.append("\(limit) connections")
    }
    if let end = role.optional("rolvaliduntil") { lines.append("Password valid until \(end)") }
    return lines.joined(separator: "\n")
  }

  /// `\drds [ROLE [DATABASE]]`: settings of roles and databases.
  mutating func listRoleSettings(role: String?, database: String?) throws(CommandError) {
    var filter = CatalogFilter()
    filter.match(try pattern(role, parts: 1), NameTarget("r.rolname", parts: 1))
    filter.match(try pattern(database, parts: 1), NameTarget("d.datname", parts: 1))
    let nothing =
      switch (role, database) {
      case (let role?, let database?): "Did not find any settings for role \"\(role)\" and database \"\(database)\"."
      case (let role?, nil): "Did not find any settings for role \"\(role)\"."
      case (nil, _): "Did not find any settings."
      }
    try list(
      "List of settings",
      """
      SELECT r.rolname AS "Role", d.datname AS "Database",
        pg_catalog.array_to_string(s.setconfig, E'\\n') AS "Settings"
      FROM pg_catalog.pg_db_role_setting s
        LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole\(filter.clause)
      ORDER BY 1, 2
      """, filter.parameters, orSay: nothing)
  }
}

/// Row-level security policies, with whether they are in force.
struct Policies: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike }

  let query: CatalogQuery? = """
    SELECT p.polname, p.polpermissive,
      CASE WHEN p.polroles <> '{0}' THEN pg_catalog.array_to_string(ARRAY(
        SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1), ',') END AS roles,
      pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS qual,
      pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS withcheck,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END
        AS command
    FROM pg_catalog.pg_policy p
    WHERE p.polrelid = $1::pg_catalog.oid
    ORDER BY p.polname
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    let isForced = relation.row.holds("relforcerowsecurity")
    switch (relation.row.holds("relrowsecurity"), rows.isEmpty) {
    case (true, true): return ["Policies (\(isForced ? "forced " : "")row security enabled): (none)"]
    case (true, false):
      return section(isForced ? "Policies (forced row security enabled):" : "Policies:", rows.map(line))
    case (false, false): return section("Policies (row security disabled):", rows.map(line))
    case (false, true): return []
    }
  }

  private func line(_ policy: CatalogRow) -> String {
    var text = "POLICY \"\(policy["polname"])\""
    if !policy.holds("polpermissive") { text += " AS RESTRICTIVE" }
    if let command = policy.optional("command") { text += " FOR \(command)" }
    if let roles = policy.optional("roles") { text += "\n      TO \(roles)" }
    if let qual = policy.optional("qual") { text += "\n      USING (\(qual))" }
    if let check = policy.optional("withcheck") { text += "\n      WITH CHECK (\(check))" }
    return text
  }
}

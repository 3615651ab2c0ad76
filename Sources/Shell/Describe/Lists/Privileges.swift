extension Listing {
  /// `\dp` and `\z`
  static let privileges = Listing(
    title: "Access privileges",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "c.relname"),
      .plain(
        "Type",
        """
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
          WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' END
        """),
      .plain("Access privileges", CatalogSQL.privileges("c.relacl")),
      .plain(
        "Column privileges",
        """
        pg_catalog.array_to_string(ARRAY(
            SELECT a.attname || E':\\n  ' || pg_catalog.array_to_string(a.attacl, E'\\n  ')
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attacl IS NOT NULL
            ORDER BY a.attnum), E'\\n')
        """),
      .plain(
        "Policies",
        """
        pg_catalog.array_to_string(ARRAY(
            SELECT p.polname
              || CASE WHEN p.polpermissive THEN '' ELSE ' (RESTRICTIVE)' END
              || CASE WHEN p.polcmd = '*' THEN ':' ELSE ' (' || p.polcmd::pg_catalog.text || '):' END
              || COALESCE(E'\\n  (u): ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid), '')
              || COALESCE(E'\\n  (c): ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '')
              || CASE WHEN p.polroles = '{0}' THEN '' ELSE E'\\n  to: ' || pg_catalog.array_to_string(ARRAY(
                SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1), ', ') END
            FROM pg_catalog.pg_policy p
            WHERE p.polrelid = c.oid), E'\\n')
        """),
    ],
    source: """
      pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      """,
    conditions: ["c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')"],
    targets: [
      NameTarget(
        "c.relname", schema: "n.nspname",
        visible: "n.nspname !~ '^pg_' AND pg_catalog.pg_table_is_visible(c.oid)")
    ],
    order: "1, 2")

  /// `\ddp`
  static let defaultPrivileges = Listing(
    title: "Default access privileges",
    items: [
      .plain("Owner", CatalogSQL.owner("d.defaclrole")),
      .plain("Schema", "n.nspname"),
      .plain(
        "Type",
        """
        CASE d.defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'function'
          WHEN 'T' THEN 'type' WHEN 'n' THEN 'schema' WHEN 'L' THEN 'large object' END
        """),
      .plain("Access privileges", CatalogSQL.privileges("d.defaclacl")),
    ],
    source: """
      pg_catalog.pg_default_acl d
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
      """,
    targets: [
      NameTarget(
        "n.nspname", or: "pg_catalog.pg_get_userbyid(d.defaclrole)", schema: nil, visible: nil)
    ],
    order: "1, 2, 3")
}

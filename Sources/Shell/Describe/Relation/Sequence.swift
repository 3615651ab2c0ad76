import Postgres
import Printing

extension Session {
  /// `\d` of a sequence: its parameters, and the column that owns it.
  mutating func describeSequence(_ relation: Relation) throws(CommandError) {
    let owners = try rows(Self.sequenceOwner, [relation.oid])
    let footers = owners.map { owner in
      let place = owner["place"]
      return owner["deptype"] == "i" ? "Sequence for identity column: \(place)" : "Owned by: \(place)"
    }
    var options = listingOptions(relation.title, footers: footers)
    options.defaultFooter = false
    let result = try ask(Self.sequenceParameters, [relation.oid])
    show(result, options)
  }

  private static let sequenceParameters = """
    SELECT pg_catalog.format_type(s.seqtypid, NULL) AS "Type",
      s.seqstart AS "Start",
      s.seqmin AS "Minimum",
      s.seqmax AS "Maximum",
      s.seqincrement AS "Increment",
      CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS "Cycles?",
      s.seqcache AS "Cache"
    FROM pg_catalog.pg_sequence s
    WHERE s.seqrelid = $1::pg_catalog.oid
    """

  private static let sequenceOwner = """
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
        || '.' || pg_catalog.quote_ident(a.attname) AS place, d.deptype
    FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.objid = $1::pg_catalog.oid
      AND d.deptype IN ('a', 'i')
    """
}

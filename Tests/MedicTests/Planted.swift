import Postgres

@testable import Medic

/// A schema in which most examinations of tables find something, and the roles that look at it.
enum Planted {
  static let schema = """
    CREATE TABLE a (id int PRIMARY KEY, v text);
    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, x int, j json, t timestamp);
    CREATE INDEX b_x ON b (x);
    CREATE INDEX b_x_again ON b (x);
    CREATE TABLE "Big One" WITH (autovacuum_enabled = off) AS SELECT i AS "Id" FROM generate_series(1, 20000) i;
    DELETE FROM "Big One" WHERE "Id" % 2 = 0;
    CREATE TABLE c (id serial PRIMARY KEY, a int REFERENCES a);
    SELECT setval('c_id_seq', 2147483000);
    CREATE TABLE hidden (id int PRIMARY KEY, a int REFERENCES a);
    CREATE TABLE parts (at timestamptz NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
    CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
    INSERT INTO parts SELECT '2021-01-01' FROM generate_series(1, 100) i;
    """

  /// Roles by what they may do. Roles belong to the whole server, so each is made once.
  static let roles = ["postgres", "medic_matrix_monitor", "medic_matrix_reader", "medic_matrix_plain"]

  static let grants = """
    DO $$ BEGIN IF to_regrole('medic_matrix_monitor') IS NULL THEN \
      CREATE ROLE medic_matrix_monitor LOGIN; GRANT pg_monitor TO medic_matrix_monitor; \
      CREATE ROLE medic_matrix_reader LOGIN; GRANT pg_read_all_data TO medic_matrix_reader; \
      CREATE ROLE medic_matrix_plain LOGIN; END IF; END $$;
    GRANT SELECT ON a, b, c TO medic_matrix_plain;
    """

  /// What a report's rules came to: what it found, by rule and object, and which rules it couldn't judge.
  struct Answer {
    let found: Set<String>
    let gaps: Set<String>
    let report: Report

    init(_ report: Report) {
      self.report = report
      found = Set(report.findings.map { "\($0.rule) \($0.object.fullName)" })
      gaps = Set(report.notAssessed.map { $0.rule })
    }

    /// The findings of `other` that are neither found here nor owned up to: silently fine.
    func silent(on other: Answer) -> [String] {
      other.found.subtracting(found).filter { line in !gaps.contains(String(line.prefix { $0 != " " })) }.sorted()
    }
  }
}

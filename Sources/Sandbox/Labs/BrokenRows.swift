/// Constraints that were added NOT VALID over rows that break them.
struct BrokenRows: Lab {
  let id = "constraint-violation"
  let title = "A release's new constraints can't be validated"
  let situation = """
    The release gave "books" two constraints, both NOT VALID so that it went quickly: a foreign key from author_id to \
    "authors", and a check that isbn is there. Validating either fails: authors were deleted in former years, and some \
    books came in without an ISBN.

    Books without an author (author_id is null) are anonymous works and right as they are. A book whose author is \
    missing may go, if a copy of its row is kept in a table beside; a book without ISBN must stay, with the text \
    'unknown'.

    Repair the rows and get both constraints validated.
    """
  let hints = [
    "\\d books shows both constraints as NOT VALID: new rows are checked, old ones were never read. Which rows break "
      + "which?",
    "Orphans: author_id is not null and no author has that id. Copy them aside first (CREATE TABLE books_orphans AS …). "
      + "A null author_id breaks nothing.",
    "DELETE the orphans, UPDATE books SET isbn = 'unknown' WHERE isbn IS NULL, then ALTER TABLE books VALIDATE "
      + "CONSTRAINT for each. In one go: \\play constraint-violation with table, column, parent, null_column and fill.",
  ]

  private let books = 20000
  private let authors = 500
  private func orphans(_ scene: Scene) -> ClosedRange<Int> { 6001...6000 + scene.figure("orphans", in: 150...900) }
  private func unnumbered(_ scene: Scene) -> ClosedRange<Int> { 12001...12000 + scene.figure("isbn", in: 80...400) }

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    let (orphans, unnumbered) = (orphans(scene), unnumbered(scene))
    let server = try scene.link()
    try server.run(
      """
      CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
      INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(1, \(authors)) i;
      CREATE TABLE books (id int PRIMARY KEY, author_id int, isbn text, title text NOT NULL);
      INSERT INTO books
      SELECT i, CASE
          WHEN i BETWEEN \(orphans.lowerBound) AND \(orphans.upperBound) THEN 10000 + i % 37
          WHEN i % 50 <> 0 THEN 1 + i % \(authors) END,
        CASE WHEN i NOT BETWEEN \(unnumbered.lowerBound) AND \(unnumbered.upperBound) THEN 'isbn-' || i END,
        'book ' || i
      FROM generate_series(1, \(books)) i;
      CREATE INDEX books_author_id ON books (author_id);
      ALTER TABLE books ADD CONSTRAINT books_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors NOT VALID;
      ALTER TABLE books ADD CONSTRAINT books_isbn_present CHECK (isbn IS NOT NULL) NOT VALID
      """)
    for (sql, state) in [
      ("ALTER TABLE books VALIDATE CONSTRAINT books_author_id_fkey", "23503"),
      ("ALTER TABLE books VALIDATE CONSTRAINT books_isbn_present", "23514"),
      ("ALTER TABLE books ALTER COLUMN isbn SET NOT NULL", "23502"),
    ] where try server.failure(of: sql) != state {
      throw .statement(sql, message: "the incident did not come about: it should have failed with \(state)")
    }
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    for table in ["books", "authors"] {
      verdict.keeps(try server.says("to_regclass('\(table)') IS NOT NULL"), "the table \(table) is gone")
    }
    guard verdict.lost.isEmpty else { return verdict }
    let orphans = orphans(scene)
    let isOrphan = "id BETWEEN \(orphans.lowerBound) AND \(orphans.upperBound)"
    let legal = try books - orphans.count - server.count("SELECT count(*) FROM books WHERE NOT (\(isOrphan))")
    verdict.keeps(legal <= 0, "\(legal) books that had to stay are gone")
    let renamed = try server.count(
      "SELECT count(*) FROM books WHERE id % 50 = 0 AND NOT (\(isOrphan)) AND author_id IS NOT NULL")
    verdict.keeps(renamed == 0, "\(renamed) anonymous books have been given an author")
    let writers = try authors - server.count("SELECT count(*) FROM authors WHERE id <= \(authors)")
    verdict.keeps(writers <= 0, "\(writers) authors are gone")
    let copies = try copies(of: isOrphan, server)
    let deleted = try orphans.count - server.count("SELECT count(*) FROM books WHERE \(isOrphan)")
    verdict.keeps(
      deleted <= copies, "\(deleted - copies) books whose author was missing were deleted without a copy")
    let left = try server.count(
      """
      SELECT count(*) FROM books b
      WHERE author_id IS NOT NULL AND NOT EXISTS (SELECT FROM authors a WHERE a.id = b.author_id)
      """)
    verdict.wants(left == 0, "\(left) books name an author that isn't there")
    let nulls = try server.count("SELECT count(*) FROM books WHERE isbn IS NULL")
    verdict.wants(nulls == 0, "\(nulls) books have no ISBN")
    verdict.wants(
      try server.says(
        """
        EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND convalidated AND conrelid = 'books'::regclass
          AND confrelid = 'authors'::regclass)
        """), "books has no validated foreign key to authors")
    verdict.wants(
      try server.says(
        """
        EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'books'::regclass AND attname = 'isbn' AND attnotnull)
        OR EXISTS (SELECT FROM pg_constraint WHERE contype = 'c' AND convalidated AND conrelid = 'books'::regclass
          AND pg_get_constraintdef(oid) ~ 'isbn IS NOT NULL')
        """), "nothing that is validated keeps isbn from being null")
    return verdict
  }

  /// The most rows of a set that any other table has, whatever its name.
  private func copies(of condition: String, _ server: borrowing Link) throws(SandboxError) -> Int {
    let tables = try server.run(
      """
      SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
        AND a.attname = 'id' AND a.atttypid IN ('int'::regtype, 'bigint'::regtype)
        AND c.oid NOT IN ('books'::regclass, 'authors'::regclass)
      ORDER BY 1
      """)
    var most = 0
    for table in tables {
      most = max(most, try server.count("SELECT count(DISTINCT id) FROM \(table) WHERE \(condition)"))
    }
    return most
  }
}

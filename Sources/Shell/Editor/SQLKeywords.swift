/// Words that stand out while a statement is typed.
///
/// The reserved words of `pg_get_keywords()` (PostgreSQL 15) and those that begin or shape statements.
enum SQLKeywords {
  static let all = Set(
    """
    add after all alter always analyse analyze and any array as asc asymmetric attach authorization before begin
    between binary both by call cascade case cast check checkpoint close cluster coalesce collate collation column
    columns comment commit committed concurrently conflict constraint constraints copy create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user cycle
    database deallocate declare default deferrable deferred definer delete desc detach disable discard distinct do
    drop else enable end escape except exclude execute exists explain extension extract false fetch filter
    following for foreign freeze from full function generated grant greatest group having identity if ilike
    immediate immutable import in increment index inherit initially inner insert instead intersect interval into
    is isnull isolation join key language lateral leading least left like limit listen load localtime
    localtimestamp lock locked materialized maxvalue merge minvalue move natural no not nothing notify notnull
    nowait null nullif nulls of offset on only or order ordinality outer over overlaps owned parallel partition
    password placing policy preceding prepare primary procedure publication range reassign recursive references
    refresh reindex release rename repeatable replace reset restart restrict returning returns revoke right role
    rollback row rows savepoint schema security select sequence serializable session_user set setof share show
    similar skip some stable start statement strict subscription symmetric table tablesample tablespace temp
    temporary then time to trailing transaction trigger true truncate type unbounded uncommitted union unique
    unlisten unlogged update user using vacuum values variadic verbose view volatile when where window with within
    without zone
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  static let longest = all.map(\.count).max() ?? 0
}

extension CompletionRule {
  /// All rules in the order in which they are tried: the first that fits decides.
  static let all: [CompletionRule] =
    start + alterTable + alterObject + alterOther + createTable + createObject + createOther + drop + privileges
    + session + maintenance + data + anywhere

  /// A table of rules, one a line: `PATTERN -> offers`.
  static func table(_ text: String) -> [CompletionRule] {
    text.split(separator: "\n").compactMap { line in
      guard let arrow = line.firstRange(of: " ->") else { return nil }
      let pattern: Substring = line[..<arrow.lowerBound]
      let offers: Substring = line[arrow.upperBound...]
      return CompletionRule(String(pattern), String(offers))
    }
  }

  /// The first word of a statement.
  static let start = [
    CompletionRule(
      "",
      """
      ABORT,ALTER,ANALYZE,BEGIN,CALL,CHECKPOINT,CLOSE,CLUSTER,COMMENT,COMMIT,COPY,CREATE,DEALLOCATE,DECLARE,\
      DELETE FROM,DISCARD,DO,DROP,END,EXECUTE,EXPLAIN,FETCH,GRANT,IMPORT FOREIGN SCHEMA,INSERT INTO,LISTEN,LOAD,LOCK,\
      MERGE INTO,MOVE,NOTIFY,PREPARE,REASSIGN OWNED,REFRESH MATERIALIZED VIEW,REINDEX,RELEASE,RESET,REVOKE,ROLLBACK,\
      SAVEPOINT,SECURITY LABEL,SELECT,SET,SHOW,START TRANSACTION,TABLE,TRUNCATE,UNLISTEN,UPDATE,VACUUM,VALUES,WITH
      """)
  ]
}

import Postgres

/// One row of pg_settings, and what is to be said of it.
struct ServerSetting {
  let name: String
  let value: String
  let source: String
  let context: String
  let isPending: Bool
  /// Roles and databases that have a value of their own.
  let tuned: Int
  /// Whether ALTER SYSTEM wrote it; nil where the role may not see that.
  let isAltered: Bool?

  init(_ row: Row) {
    name = row.text("name")
    value = row.text("value")
    source = row.text("source")
    context = row.text("context")
    isPending = row.flag("pending_restart")
    tuned = row.int("tuned") ?? 0
    isAltered = row["is_altered"].map { $0 == "t" }
  }

  private struct Judgement {
    /// The value that is wrong.
    let value: String
    let card: Card
    let message: String
    /// The value that the remedy sets; nil where SQL can't.
    let better: String?
  }

  private static func variant(_ card: Card, _ entry: String, _ severity: Severity? = nil) -> Card {
    Card(card.rule, severity: severity ?? card.severity, in: card.area, entry: entry, summary: card.summary)
  }

  private static let judgements: [String: Judgement] = [
    "fsync": Judgement(
      value: "off", card: ServerSettings.unsafe,
      message: "fsync is off: a crash of the machine may leave the whole cluster beyond repair", better: "on"),
    "full_page_writes": Judgement(
      value: "off", card: ServerSettings.unsafe,
      message: "full_page_writes is off: torn pages stay damaged after a crash, unless the storage writes whole blocks",
      better: "on"),
    "zero_damaged_pages": Judgement(
      value: "on", card: ServerSettings.unsafe,
      message: "zero_damaged_pages is on: damaged pages are emptied without a question", better: "off"),
    "ignore_checksum_failure": Judgement(
      value: "on", card: ServerSettings.unsafe,
      message: "ignore_checksum_failure is on: damaged pages are read as if they were sound", better: "off"),
    "ignore_system_indexes": Judgement(
      value: "on", card: ServerSettings.blind,
      message: "ignore_system_indexes is on: every catalog lookup reads whole tables",
      better: nil),
    "track_activities": Judgement(
      value: "off", card: variant(ServerSettings.blind, "monitoring"),
      message: "track_activities is off: nobody sees what sessions do", better: "on"),
    "data_checksums": Judgement(
      value: "off", card: variant(ServerSettings.missing, "data-corruption"),
      message: "page checksums are off: damage on disk goes unnoticed (pg_checksums --enable, server stopped)",
      better: nil),
    "statement_timeout": Judgement(
      value: "0", card: variant(ServerSettings.missing, "statement-timeout"),
      message: "statement_timeout is unset: a runaway statement runs until somebody sees it", better: nil),
    "idle_in_transaction_session_timeout": Judgement(
      value: "0", card: variant(ServerSettings.missing, "idle-in-transaction"),
      message: "idle_in_transaction_session_timeout is unset: a forgotten transaction holds locks and the horizon",
      better: "5min"),
  ]

  func findings(_ server: Server) -> [Finding] {
    let object = DatabaseObject(.setting, name: name)
    let evidence = [Fact("setting", .text(value)), Fact("source", .text(source))]
    var findings: [Finding] = []
    if isPending {
      findings.append(
        Finding(
          ServerSettings.restart, on: object, "\(name) was changed in the configuration and waits for a restart",
          evidence: evidence))
    }
    // Where roles or databases have a timeout of their own, somebody has thought about it.
    guard let judgement = Self.judgements[name], judgement.value == value, context != "user" || tuned == 0 else {
      return findings
    }
    findings.append(
      Finding(
        judgement.card, on: object, judgement.message, evidence: evidence,
        remedy: judgement.better.flatMap { remedy($0, server) }))
    return findings
  }

  /// ALTER SYSTEM where it decides: not over the command line, nor over what a role or database has of its own, nor on a
  /// provider's server.
  private func remedy(_ better: String, _ server: Server) -> Remedy? {
    guard ["default", "configuration file"].contains(source), server.provider == nil else { return nil }
    let reload = "SELECT pg_catalog.pg_reload_conf()"
    let undo = isAltered == true ? "ALTER SYSTEM SET \(name) = \(SQLName.literal(value))" : "ALTER SYSTEM RESET \(name)"
    return Remedy(
      sql: ["ALTER SYSTEM SET \(name) = \(SQLName.literal(better))", reload], undo: [undo, reload],
      caution: "For the whole server, outside a transaction; needs a superuser.")
  }
}

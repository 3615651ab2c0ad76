public import Postgres

/// `\explain`: the plan of a statement, where its time goes, and what hurts.
public struct ExplainStatement: Examination {
  public static let name = "explain"
  public static let manual = Manual(
    "show a statement's plan, where its time goes and what hurts", takes: .text,
    details: """
      Takes the statement behind it, else the query buffer, else with (last=on) the previous one. It is only planned,
      unless (analyze=on) executes it: a SELECT read only, a change after a question (confirm=on in scripts), and both
      are rolled back. A plan with $1 is that for unknown values. + shows conditions, blocks and output of each node.

      Example: \\explain (analyze=on) select * from orders where customer_id = 7
      """)
  public static let rules = PlanFaults.rules
  public static let usesOwnConnection = true

  public static let options = [
    Option("analyze", .flag, default: "off", "execute the statement, then roll back"),
    Option("confirm", .flag, default: "off", "yes to executing a statement that writes"),
    Option("last", .flag, default: "off", "explain the previous statement"),
  ]

  /// What a rollback leaves behind.
  static let notUndone =
    "A rollback doesn't undo: sequence values used up, table and index growth, WAL written, what dblink, foreign "
    + "servers or COPY TO PROGRAM did, signals and files."

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry)
    throws(PostgresError)
  {
    if inquiry.request.isCancelled() { throw .usage("cancelled") }
    inquiry.scope = "no statement"
    guard let text = inquiry.request.text, text.contains(where: { !$0.isWhitespace }) else {
      inquiry.summary =
        "nothing to explain: write a statement behind it, or (last=on) for the previous one"
      return
    }
    let statement: PlannedStatement
    do throws(PlannedStatement.Refusal) {
      statement = try PlannedStatement(
        text, standardStrings: connection.reported("standard_conforming_strings") != "off")
    } catch {
      throw .usage(error.reason)
    }
    inquiry.scope = "1 statement"
    func run(executes: Bool) -> PlanRun {
      PlanRun(
        statement: statement, limits: inquiry.limits, major: inquiry.server.major,
        executes: executes)
    }
    guard inquiry.options.flag("analyze") else {
      let outcome = try run(executes: false).run(connection)
      show(outcome, &inquiry)
      return
    }
    let execution = run(executes: true)
    if case .writes(let why) = statement.effect {
      let rows = try run(executes: false).run(connection).plan.rowsToChange
      try confirm(why, rows: rows, inquiry)
      inquiry.notes.append(
        "executed and rolled back; about \(PlanFaults.count(rows)) rows were expected to change. \(Self.notUndone)")
    }
    do {
      show(try execution.run(connection), &inquiry)
    } catch {
      guard error.sqlState == "25006", case .reads = statement.effect else {
        throw error.sqlState == "57014" && !inquiry.request.isCancelled() ? late(inquiry) : error
      }
      throw .usage(
        "a function of this SELECT writes (\(error.message)): it was stopped and rolled back, since a SELECT is only "
          + "executed read only; \\explain without analyze=on plans it")
    }
  }

  private func late(_ inquiry: Inquiry) -> PostgresError {
    .usage(
      "stopped after timeout=\(inquiry.limits.statementTimeout)ms and rolled back; give it more, as in "
        + "(analyze=on, timeout=5min)")
  }

  /// A second yes for what writes. Throws without it.
  private func confirm(_ why: String, rows: Double, _ inquiry: Inquiry) throws(PostgresError) {
    if inquiry.options.flag("confirm") { return }
    let warning =
      "This executes a statement that may write (\(why)); rows that are expected to change: \(PlanFaults.count(rows)). "
      + "It stops after \(inquiry.limits.statementTimeout) ms and is rolled back, but holds its locks until then. "
      + Self.notUndone
    guard let ask = inquiry.request.confirm else {
      throw .usage("\(warning) It needs (analyze=on, confirm=on)")
    }
    guard ask("\(warning)\nExecute it?") else { throw .usage("not executed") }
  }

  private func show(_ outcome: PlanRun.Outcome, _ inquiry: inout Inquiry) {
    let plan = outcome.plan
    inquiry.figures += PlanPage.figures(plan)
    if outcome.parameters > 0 {
      let how = inquiry.server.major >= 16 ? "" : ", without leaving out partitions by them"
      inquiry.notes.append(
        "planned for unknown values of \(Quantity.count(outcome.parameters, "parameter"))\(how)")
    }
    inquiry.findings += PlanFaults(plan).findings
    guard let time = plan.executionTime else {
      inquiry.summary =
        "expected cost \(PlanPage.rounded(plan.root.totalCost).text), "
        + "\(PlanFaults.count(plan.root.estimatedRows)) rows; nothing was executed, (analyze=on) does"
      return
    }
    let slowest = plan.root.flat.max { $0.selfTime < $1.selfTime }
    inquiry.summary = "executed in \(PlanPage.rounded(time).text) ms"
    if let planning = plan.planningTime {
      inquiry.summary += ", planned in \(PlanPage.rounded(planning).text) ms"
    }
    if let slowest, time > 0, slowest.selfTime / time >= 0.2 {
      inquiry.summary +=
        "; node \(slowest.number) takes \(Quantity.percent(slowest.selfTime / time)) of it"
    }
    inquiry.summary +=
      inquiry.findings.isEmpty
      ? "; nothing stands out" : "; \(Quantity.count(inquiry.findings.count, "finding"))"
  }
}

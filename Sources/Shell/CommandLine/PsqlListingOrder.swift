extension CommandLineOption {
  /// The order in which psql lists its long names when an abbreviation is ambiguous, from `psql --=`.
  static let psqlListingOrder = [
    "echo-all", "no-align", "command", "dbname", "echo-queries", "echo-errors", "echo-hidden", "file",
    "field-separator", "field-separator-zero", "host", "html", "list", "log-file", "no-readline",
    "single-transaction", "output", "port", "pset", "quiet", "record-separator", "record-separator-zero",
    "single-step", "single-line", "tuples-only", "table-attr", "username", "set", "variable", "version",
    "no-password", "password", "expanded", "no-psqlrc", "help", "csv",
  ]
}

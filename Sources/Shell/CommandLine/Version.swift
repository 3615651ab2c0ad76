import CLibPQ

/// Who this is: what `--version` and the variables VERSION, VERSION_NAME and VERSION_NUM say.
public enum Version {
  /// pgmedic's own.
  public static let number = "0.1.0"

  /// The psql that is matched, as VERSION_NAME has it: `15.20 (Debian 15.20-0+deb12u1)`. The minor version is that of
  /// the libpq this was built with, if it is of the same major.
  public static let psql = isPsqlMajor ? PG_VERSION : "\(psqlMajor)"
  /// As VERSION_NUM has it: `150020`.
  public static let psqlNumber = isPsqlMajor ? Int(PG_VERSION_NUM) : psqlMajor * 10_000
  /// As VERSION has it: with the platform and the compiler.
  public static let psqlInFull = isPsqlMajor ? PG_VERSION_STR : "PostgreSQL \(psqlMajor)"

  private static let psqlMajor = 15
  private static let isPsqlMajor = Int(PG_MAJORVERSION_NUM) == psqlMajor

  /// The libpq in use, such as `15.20`.
  public static var libpq: String { "\(PQlibVersion() / 10_000).\(PQlibVersion() % 10_000)" }

  /// The line that `--version` prints, without its newline.
  public static func line(for program: Program) -> String {
    guard !program.isPsql else { return "psql (PostgreSQL) \(psql)" }
    return "pgmedic \(number) (psql \(psqlMajor)-compatible, libpq \(libpq))"
  }
}

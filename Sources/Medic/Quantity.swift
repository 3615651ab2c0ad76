#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sizes and durations as postgresql.conf writes them, and as people read them.
public enum Quantity {
  /// Bytes from `10MB`, `1.5 GB`, `512kB` or a bare number; units keep their case, as in postgresql.conf.
  public static func bytes(_ text: String) -> Int? {
    number(text, units: ["": 1, "B": 1, "kB": 1024, "MB": 1_048_576, "GB": 1_073_741_824, "TB": 1_099_511_627_776])
  }

  /// Milliseconds from `60s`, `5min`, `250ms` or a bare number.
  public static func milliseconds(_ text: String) -> Int? {
    number(
      text,
      units: ["": 1, "us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000])
  }

  private static func number(_ text: String, units: [String: Double]) -> Int? {
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined()
    let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let unit = units[String(trimmed.dropFirst(digits.count))], let amount = Double(digits) else { return nil }
    return Int(exactly: (amount * unit).rounded())
  }

  /// Bytes for people, as `pg_size_pretty` gives them: `8192 bytes`, `16 kB`, `1234 MB`.
  public static func pretty(bytes: Int) -> String {
    var amount = Double(bytes)
    var unit = "bytes"
    for larger in ["kB", "MB", "GB", "TB", "PB"] {
      if abs(amount) < 10240 { break }
      amount /= 1024
      unit = larger
    }
    return "\(Int(amount.rounded())) \(unit)"
  }

  /// Seconds for people, in one or two units: `45 s`, `12 min`, `3 h 20 min`, `5 d`.
  public static func pretty(seconds: Int) -> String {
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60)
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\(seconds / 60) min" }
    if days == 0 { return minutes == 0 ? "\(hours) h" : "\(hours) h \(minutes) min" }
    return days < 10 && hours > 0 ? "\(days) d \(hours) h" : "\(days) d"
  }

  /// A share for people: `34 %`, below ten with one digit more.
  public static func percent(_ share: Double) -> String {
    let percent = share * 100
    if abs(percent) >= 10 || percent == percent.rounded() { return "\(Int(percent.rounded())) %" }
    let tenths = Int((percent * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
  }

  /// A whole number with the noun that fits: `1 index`, `3 indexes`.
  public static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}

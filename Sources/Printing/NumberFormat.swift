#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The separators of a locale that `\pset numericlocale` puts into numbers.
public struct NumberFormat: Sendable, Equatable {
  public var decimalPoint: ByteString
  public var thousandsSeparator: ByteString
  /// Digits in a group.
  public var grouping: Int

  /// What psql uses where the locale (C, for one) says nothing.
  public init() { self.init(decimalPoint: ".", thousandsSeparator: ",", grouping: 3) }

  /// From what `localeconv` says.
  ///
  /// psql groups by three where the locale doesn't group at all, or in groups of irregular length beyond 6, and takes a
  /// comma (a point, if the comma is the decimal point) where it has no separator.
  public init(decimalPoint: ByteString, thousandsSeparator: ByteString, grouping: Int) {
    self.decimalPoint = decimalPoint.isEmpty ? "." : decimalPoint
    self.grouping = (1...6).contains(grouping) ? grouping : 3
    if !thousandsSeparator.isEmpty {
      self.thousandsSeparator = thousandsSeparator
    } else {
      self.thousandsSeparator = self.decimalPoint == "," ? "." : ","
    }
  }

  /// What `setlocale` has made current.
  public static func ofCurrentLocale() -> NumberFormat {
    guard let locale = localeconv()?.pointee else { return NumberFormat() }
    func text(_ pointer: UnsafeMutablePointer<CChar>?) -> ByteString {
      guard let pointer else { return "" }
      return ByteString(bytes: Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))))
    }
    return NumberFormat(
      decimalPoint: text(locale.decimal_point), thousandsSeparator: text(locale.thousands_sep),
      grouping: Int(locale.grouping?.pointee ?? 0))
  }

  /// The number with the locale's separators; nil if the text isn't a plain number (`NaN`, a date, money) and stays.
  func adjusted(_ number: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard number.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) else { return nil }
    var result: [UInt8] = []
    var rest = number[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      result.append(sign)
      rest = rest.dropFirst()
    }
    let digits = rest.prefix { $0.isDigit }
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % grouping == 0 { result += thousandsSeparator.bytes }
      result.append(digit)
    }
    rest = rest.dropFirst(digits.count)
    if rest.first == UInt8(ascii: ".") {
      result += decimalPoint.bytes
      rest = rest.dropFirst()
    }
    return result + rest
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}

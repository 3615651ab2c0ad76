/// The options of `\pset` that say what is printed around and between values, and the pager's.
extension PsetOption {
  static let csvFieldSeparator = PsetOption(
    "csv_fieldsep",
    listed: { quoted(ByteString(bytes: [$0.csvFieldSeparator])) },
    described: { "Field separator for CSV is \"" + ByteString(bytes: [$0.csvFieldSeparator]) + "\"." },
    set: { options, value, _ throws(PsetError) in
      guard let value else { return .shown }
      guard value.bytes.count == 1 else { throw PsetError("\\pset: csv_fieldsep must be a single one-byte character") }
      if [0x22, 0x0A, 0x0D].contains(value.bytes[0]) {
        throw PsetError("\\pset: csv_fieldsep cannot be a double quote, a newline, or a carriage return")
      }
      options.csvFieldSeparator = value.bytes[0]
      return .shown
    })

  static let fieldSeparator = PsetOption(
    "fieldsep",
    listed: { $0.fieldSeparatorZero ? "''" : quoted($0.fieldSeparator) },
    described: describedFieldSeparator,
    set: { options, value, _ in
      if let value {
        options.fieldSeparator = value
        options.fieldSeparatorZero = false
      }
      return .shown
    })

  static let fieldSeparatorZero = PsetOption(
    "fieldsep_zero",
    listed: { $0.fieldSeparatorZero ? "on" : "off" },
    described: describedFieldSeparator,
    set: { options, _, _ in
      options.fieldSeparatorZero = true
      return .shown
    })

  static let recordSeparator = PsetOption(
    "recordsep",
    listed: { $0.recordSeparatorZero ? "''" : quoted($0.recordSeparator) },
    described: describedRecordSeparator,
    set: { options, value, _ in
      if let value {
        options.recordSeparator = value
        options.recordSeparatorZero = false
      }
      return .shown
    })

  static let recordSeparatorZero = PsetOption(
    "recordsep_zero",
    listed: { $0.recordSeparatorZero ? "on" : "off" },
    described: describedRecordSeparator,
    set: { options, _, _ in
      options.recordSeparatorZero = true
      return .shown
    })

  @Sendable
  private static func describedFieldSeparator(_ options: PrintOptions) -> ByteString {
    options.fieldSeparatorZero
      ? "Field separator is zero byte." : "Field separator is \"" + options.fieldSeparator + "\"."
  }

  @Sendable
  private static func describedRecordSeparator(_ options: PrintOptions) -> ByteString {
    if options.recordSeparatorZero { return "Record separator is zero byte." }
    if options.recordSeparator == "\n" { return "Record separator is <newline>." }
    return "Record separator is \"" + options.recordSeparator + "\"."
  }

  static let footer = toggle("footer", \.defaultFooter, "Default footer")
  static let numericLocale = toggle("numericlocale", \.numericLocale, "Locale-adjusted numeric output")
  static let tuplesOnly = toggle("tuples_only", aliases: ["t"], \.tuplesOnly, "Tuples only")

  static let null = PsetOption(
    "null",
    listed: { quoted($0.null) },
    described: { "Null display is \"" + $0.null + "\"." },
    set: { options, value, _ in
      if let value { options.null = value }
      return .shown
    })

  static let tableAttributes = text(
    "tableattr", alias: "T", \.tableAttributes, unset: "Table attributes unset.", set: "Table attributes are")
  static let title = text("title", alias: "C", \.title, unset: "Title is unset.", set: "Title is")

  static let pager = PsetOption(
    "pager", values: { _ in ["on", "off", "always"] },
    listed: { "\($0.pager.rawValue)" },
    described: { options in
      switch options.pager {
      case .off: "Pager usage is off."
      case .on: "Pager is used for long output."
      case .always: "Pager is always used."
      }
    },
    set: { options, value, request throws(PsetError) in
      if let value {
        if value.description.equalsIgnoringCase("always") {
          options.pager = .always
        } else if let isOn = boolean(value) {
          options.pager = isOn ? .on : .off
        } else {
          throw PsetError(
            "unrecognized value \"" + value + "\" for \"\(request.name)\"\nAvailable values are: on, off, always.")
        }
      } else {
        options.pager = options.pager == .on ? .off : .on
      }
      return .shown
    })

  static let pagerMinLines = PsetOption(
    "pager_min_lines",
    listed: { "\($0.pagerMinLines)" },
    described: { options in
      let lines = options.pagerMinLines
      return "Pager won't be used for less than \(lines) \(lines == 1 ? "line" : "lines")."
    },
    set: { options, value, _ in
      if let value { options.pagerMinLines = number(value) }
      return .shown
    })
}

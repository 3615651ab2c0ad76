/// The options of `\pset` that say how a table is laid out.
extension PsetOption {
  static let border = PsetOption(
    "border",
    listed: { "\($0.border)" },
    described: { "Border style is \($0.border)." },
    set: { options, value, _ in
      if let value { options.border = UInt16(truncatingIfNeeded: number(value)) }
      return .shown
    })

  static let columns = PsetOption(
    "columns",
    listed: { "\($0.columns)" },
    described: { $0.columns == 0 ? "Target width is unset." : "Target width is \($0.columns)." },
    set: { options, value, _ in
      if let value { options.columns = number(value) }
      return .shown
    })

  static let expanded = PsetOption(
    "expanded", aliases: ["x", "vertical"], values: { _ in ["on", "off", "auto"] },
    listed: { $0.expanded == .auto ? "auto" : $0.expanded == .on ? "on" : "off" },
    described: { options in
      switch options.expanded {
      case .off: "Expanded display is off."
      case .on: "Expanded display is on."
      case .auto: "Expanded display is used automatically."
      }
    },
    set: { options, value, request throws(PsetError) in
      if let value {
        if value.description.equalsIgnoringCase("auto") {
          options.expanded = .auto
        } else if let isOn = boolean(value) {
          options.expanded = isOn ? .on : .off
        } else {
          throw PsetError(
            "unrecognized value \"" + value + "\" for \"\(request.name)\"\nAvailable values are: on, off, auto.")
        }
      } else {
        options.expanded = options.expanded == .off ? .on : .off
      }
      return .shown
    })

  static let format = PsetOption(
    "format", values: { psqlOnly in Format.names(psqlOnly: psqlOnly) },
    listed: { ByteString($0.format.name) },
    described: { "Output format is \($0.format.name)." },
    set: { options, value, request throws(PsetError) in
      guard let value else { return .shown }
      let matches = Format.matches(value.description, psqlOnly: request.psqlOnly)
      guard let format = matches.first else {
        let names = Format.names(psqlOnly: request.psqlOnly).joined(separator: ", ")
        throw PsetError("\\pset: allowed formats are \(names)")
      }
      if matches.count > 1 {
        throw PsetError(
          "\\pset: ambiguous abbreviation \"" + value + "\" matches both \"\(format.name)\" and \"\(matches[1].name)\"")
      }
      options.format = format
      return .shown
    })

  static let lineStyle = PsetOption(
    "linestyle", values: { _ in PrintOptions.LineStyle.allCases.map(\.rawValue) },
    listed: { ByteString($0.lineStyle.rawValue) },
    described: { "Line style is \($0.lineStyle.rawValue)." },
    set: { options, value, _ throws(PsetError) in
      guard let value else { return .shown }
      let name = value.description
      guard let style = PrintOptions.LineStyle.allCases.first(where: { $0.rawValue.hasPrefixIgnoringCase(name) }) else {
        throw PsetError("\\pset: allowed line styles are ascii, old-ascii, unicode")
      }
      options.lineStyle = style
      return .shown
    })

  static let unicodeBorder = stroke("border", \.unicodeBorder)
  static let unicodeColumn = stroke("column", \.unicodeColumn)
  static let unicodeHeader = stroke("header", \.unicodeHeader)

  static let expandedHeaderWidth = PsetOption(
    "xheader_width", isInPsql: false, values: { _ in ["full", "column", "page"] },
    listed: { ByteString($0.expandedHeaderWidth.name) },
    described: { options in
      switch options.expandedHeaderWidth {
      case .exactly(let width): "Expanded header width is \(width)."
      case let named: "Expanded header width is \"\(named.name)\"."
      }
    },
    set: { options, value, _ throws(PsetError) in
      guard let value else { return .shown }
      let text = value.description
      let named: [PrintOptions.HeaderWidth] = [.full, .column, .page]
      if let width = named.first(where: { $0.name.equalsIgnoringCase(text) }) {
        options.expandedHeaderWidth = width
      } else if number(value) != 0 {
        options.expandedHeaderWidth = .exactly(number(value))
      } else {
        throw PsetError(
          """
          \\pset: allowed xheader_width values are "full" (default), "column", "page", or a number specifying the exact width
          """)
      }
      return .shown
    })
}

extension PrintOptions.HeaderWidth {
  /// The value that `\pset` takes for it.
  var name: String {
    switch self {
    case .full: "full"
    case .column: "column"
    case .page: "page"
    case .exactly(let width): "\(width)"
    }
  }
}

import Printing

/// Commands that stand for one `\\pset`: `\\a`, `\\C`, `\\f`, `\\H`, `\\t`, `\\T`, `\\x`.
struct PsetShorthand: MetaCommand {
  let help: Help
  let option: String
  /// The value where none is given, from what is set now; nil leaves it to the option (which toggles or clears).
  var value: @Sendable (PrintOptions, String?) -> String? = { $1 }

  init(
    _ name: String, aliases: [String] = [], _ option: String, _ argument: Help.Argument? = nil, syntax: String = "",
    summary: String,
    value: @escaping @Sendable (PrintOptions, String?) -> String? = { $1 }
  ) {
    help = Help(
      name, aliases: aliases, arguments: argument.map { [$0] } ?? [], in: .formatting, syntax: syntax, summary: summary)
    self.option = option
    self.value = value
  }

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let given = help.arguments.isEmpty ? nil : try session.argument()
    try session.setPrinting(option, value(session.printing, given))
    return .done
  }

  static let all: [PsetShorthand] = [
    PsetShorthand("a", "format", summary: "toggle between unaligned and aligned output mode") { options, _ in
      options.format == .aligned ? "unaligned" : "aligned"
    },
    PsetShorthand("C", "title", .any, syntax: "[STRING]", summary: "set table title, or unset if none"),
    PsetShorthand(
      "f", "fieldsep", .any, syntax: "[STRING]", summary: "show or set field separator for unaligned query output"),
    PsetShorthand("H", aliases: ["html"], "format", summary: "toggle HTML output mode") { options, _ in
      options.format == .html ? "aligned" : "html"
    },
    PsetShorthand("t", "tuples_only", .boolean, syntax: "[on|off]", summary: "show only rows"),
    PsetShorthand(
      "T", "tableattr", .any, syntax: "[STRING]", summary: "set HTML <table> tag attributes, or unset if none"),
    PsetShorthand(
      "x", "expanded", .choice(["on", "off", "auto"]), syntax: "[on|off|auto]", summary: "toggle expanded output"),
  ]
}

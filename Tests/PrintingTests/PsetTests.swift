import Printing
import Testing

@Suite struct PsetTests {
  /// Calls of `\pset`, each of which changes what the ones before have set.
  private static let calls: [(name: String, value: ByteString?)] = [
    ("border", nil), ("border", "3"), ("border", "abc"), ("border", "-5"), ("border", "70000"), ("border", " 2"),
    ("border", "99999999999"), ("border", "1e3"), ("border", ""), ("columns", nil), ("columns", "40"),
    ("columns", "-3"),
    ("columns", "99999999999"), ("columns", "99999999999999999999"), ("columns", "-99999999999999999999"),
    ("columns", "12x"), ("columns", "+7"), ("columns", "0"), ("csv_fieldsep", nil), ("csv_fieldsep", "ab"),
    ("csv_fieldsep", "\""), ("csv_fieldsep", "\n"), ("csv_fieldsep", "\r"), ("csv_fieldsep", ""), ("csv_fieldsep", "é"),
    ("csv_fieldsep", ";"), ("csv_fieldsep", "\t"), ("expanded", nil), ("expanded", nil), ("x", "auto"), ("x", nil),
    ("expanded", "AUTO"), ("vertical", "on"), ("vertical", "foo"), ("expanded", "AU"), ("x", ""), ("x", "o"),
    ("x", "0"),
    ("fieldsep", nil), ("fieldsep", "a\tb"), ("fieldsep_zero", nil), ("fieldsep", nil), ("fieldsep", ""),
    ("fieldsep_zero", "off"), ("footer", nil), ("footer", nil), ("footer", "off"), ("footer", nil), ("footer", "foo"),
    ("footer", ""), ("footer", "o"), ("footer", "of"), ("footer", nil), ("footer", "TRUE"), ("footer", nil),
    ("footer", "n"), ("footer", nil), ("format", nil), ("format", "a"), ("format", "al"), ("format", "AS"),
    ("format", "c"), ("format", "html"), ("format", "l"), ("format", "latex"), ("format", "latex-"),
    ("format", "latex-longtable"), ("format", "t"), ("format", "UNALIGNED"), ("format", "unalignedx"), ("format", "x"),
    ("format", ""), ("format", "w"), ("format", "json"), ("format", "m"), ("linestyle", nil), ("linestyle", "u"),
    ("linestyle", "OLD"), ("linestyle", "old-ascii"), ("linestyle", "x"), ("linestyle", ""), ("null", nil),
    ("null", "x'y\n\\"), ("null", ""), ("numericlocale", nil), ("numericlocale", "off"), ("numericlocale", "x"),
    ("pager", nil), ("pager", nil), ("pager", "always"), ("pager", nil), ("pager", "off"), ("pager", "alw"),
    ("pager", "2"), ("pager", "yes"), ("pager_min_lines", nil), ("pager_min_lines", "1"), ("pager_min_lines", "3"),
    ("pager_min_lines", "-4"), ("recordsep", nil), ("recordsep", "x"), ("recordsep_zero", nil), ("recordsep", nil),
    ("recordsep", "\n"), ("recordsep_zero", "x"), ("tableattr", nil), ("tableattr", "a 'b"), ("T", nil), ("T", ""),
    ("title", nil), ("title", "foo 'bar\n"), ("C", nil), ("C", ""), ("t", nil), ("t", "x"), ("tuples_only", "off"),
    ("tuples_only", nil), ("unicode_border_linestyle", nil), ("unicode_border_linestyle", "DO"),
    ("unicode_border_linestyle", "x"), ("unicode_border_linestyle", ""), ("unicode_column_linestyle", "double"),
    ("unicode_column_linestyle", "x"), ("unicode_header_linestyle", "d"), ("unicode_header_linestyle", "x"),
    ("foo", nil), ("Format", "csv"), ("xx", "y"), ("xheader_width", nil),
  ]

  /// The call as typed, followed by the listing of all options.
  private static func script(_ call: (name: String, value: ByteString?)) -> ByteString {
    PrintedCase.Setting(call.name, call.value).command + "\\pset\n"
  }

  @Test func answersAsPsqlDid() throws {
    let path = Recording.path(of: "pset")
    let names = Self.calls.map { call in "\(call.name) \(call.value.map { "\(PrintedCase.quoted($0))" } ?? "")" }
    if PsqlOracle.environment("RECORD") != nil {
      Files.write(Recording.encoded(zip(names, PsqlOracle.answers(to: Self.calls.map(Self.script)))), to: path)
    }
    let recorded = Recording.decoded(try #require(Files.read(path)))
    #expect(recorded.map(\.name) == names)
    var options = PrintOptions()
    for (call, expected) in zip(Self.calls, recorded) {
      let answer: ByteString
      do throws(PsetError) {
        answer = try options.set(call.name, to: call.value, psqlOnly: true).map { $0 + "\n" } ?? ""
      } catch {
        answer = error.message + "\n"
      }
      let all = answer + options.listing(psqlOnly: true)
      #expect(
        all.bytes == expected.bytes, "\(expected.name):\n\(String(decoding: expected.bytes, as: UTF8.self))\n\(all)")
    }
  }

  @Test func ownFormatsAreNamedOnlyBesidePsqls() throws {
    var options = PrintOptions()
    #expect(try options.set("format", to: "j", psqlOnly: false) == "Output format is json.")
    #expect(try options.set("format", to: "jsonl", psqlOnly: false) == "Output format is jsonl.")
    #expect(try options.set("format", to: "m", psqlOnly: false) == "Output format is markdown.")
    #expect(
      throws: PsetError(
        """
        \\pset: allowed formats are aligned, asciidoc, csv, html, json, jsonl, latex, latex-longtable, markdown, \
        troff-ms, unaligned, wrapped
        """)
    ) { try options.set("format", to: "x", psqlOnly: false) }
  }

  /// As psql 17 answered.
  @Test func headerWidthIsThatOfLaterPsql() throws {
    var options = PrintOptions()
    func answer(_ value: ByteString?) throws -> ByteString? {
      try options.set("xheader_width", to: value, psqlOnly: false)
    }
    #expect(try answer(nil) == "Expanded header width is \"full\".")
    #expect(try answer("column") == "Expanded header width is \"column\".")
    #expect(try answer("PAGE") == "Expanded header width is \"page\".")
    #expect(try answer("20") == "Expanded header width is 20.")
    #expect(options.listing(psqlOnly: false).description.hasSuffix("xheader_width            20\n"))
    let refusal: ByteString = """
      \\pset: allowed xheader_width values are "full" (default), "column", "page", or a number specifying the exact width
      """
    for value: ByteString in ["0", "col", ""] {
      #expect(throws: PsetError(refusal)) { try answer(value) }
    }
  }

  /// What completion offers can be set.
  @Test func offeredValuesAreTaken() throws {
    for option in PsetOption.all {
      for value in option.values(false) {
        var options = PrintOptions()
        _ = try options.set(option.name, to: ByteString(value), psqlOnly: false)
      }
    }
    #expect(PsetOption.named("format", psqlOnly: true)?.values(true).contains("json") == false)
    #expect(PsetOption.all.map(\.name) == PsetOption.all.map(\.name).sorted())
  }
}

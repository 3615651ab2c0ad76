import Testing

@testable import Medic

@Suite struct OptionTests {
  private let known = [
    Option("min_size", .size, default: "0", ""), Option("over", .duration, ""),
    Option("exact", .flag, default: "off", ""),
    Option("limit", .integer, default: "20", ""), Option("goal", .choice(["cost", "size"]), default: "cost", ""),
  ]

  @Test func readsSizesAndDurationsAsPostgresqlConfDoes() throws {
    let options = try Options(
      [("min_size", "10MB"), ("over", "1.5min"), ("exact", "ON"), ("goal", "size")], for: known)
    #expect(options.integer("min_size") == 10 * 1024 * 1024)
    #expect(options.integer("over") == 90_000)
    #expect(options.flag("exact"))
    #expect(options.text("goal") == "size")
    #expect(options.integer("limit") == 20)
    #expect(options.given == ["min_size", "over", "exact", "goal"])
  }

  @Test func namesTheKnownOptionsForAnUnknownOne() {
    #expect(
      throws: OptionError(message: "unknown option \"size\"", hint: "Options are: exact, goal, limit, min_size, over.")
    ) { try Options([("size", "1")], for: known) }
  }

  @Test(arguments: [
    ("min_size", "10mb"), ("over", "5 weeks"), ("exact", "maybe"), ("limit", "-1"), ("goal", "fame"),
    ("min_size", "9e99"),
  ])
  func refusesValuesThatDoNotFit(_ name: String, _ value: String) throws {
    let error = #expect(throws: OptionError.self) { try Options([(name, value)], for: known) }
    #expect(error?.message == "invalid value for option \"\(name)\": \"\(value)\"")
    #expect(error?.hint?.isEmpty == false)
  }

  @Test func printsQuantitiesForPeople() {
    #expect(Quantity.pretty(bytes: 8192) == "8192 bytes")
    #expect(Quantity.pretty(bytes: 16384) == "16 kB")
    #expect(Quantity.pretty(bytes: 1_293_942_784) == "1234 MB")
    #expect(Quantity.pretty(seconds: 45) == "45 s")
    #expect(Quantity.pretty(seconds: 12_000) == "3 h 20 min")
    #expect(Quantity.pretty(seconds: 5 * 86400 + 7200) == "5 d 2 h")
    #expect(Quantity.percent(0.3449) == "34 %")
    #expect(Quantity.percent(0.0312) == "3.1 %")
  }
}

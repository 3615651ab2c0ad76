import Postgres
import Testing

@testable import Medic

@Suite struct PatternTests {
  @Test(
    arguments: [
      ("orders", nil, "^(orders)$"), ("Orders", nil, "^(orders)$"), ("\"Orders\"", nil, "^(Orders)$"),
      ("billing.*", "^(billing)$", nil), ("b?lling.inv*", "^(b.lling)$", "^(inv.*)$"),
      ("\"a.b\".\"c\"\"d*\"", "^(a\\.b)$", "^(c\"d\\*)$"), ("a|b", nil, "^(a|b)$"), ("cost$", nil, "^(cost\\$)$"),
      ("*.*", nil, nil), ("demo.public.orders", "^(public)$", "^(orders)$"), ("ÄB", nil, "^(Äb)$"),
    ] as [(String, String?, String?)])
  func readsAsPsqlDoes(_ text: String, _ schema: String?, _ name: String?) throws {
    let pattern = try Pattern(text, database: "demo")
    #expect(pattern.schema == schema)
    #expect(pattern.name == name)
  }

  @Test func refusesWhatPsqlRefuses() {
    #expect(throws: OptionError(message: "improper qualified name (too many dotted names): a.b.c.d", hint: nil)) {
      try Pattern("a.b.c.d")
    }
    #expect(throws: OptionError(message: "cross-database references are not implemented: other.public.t", hint: nil)) {
      try Pattern("other.public.t", database: "demo")
    }
  }

  @Test func arraysGoThereAndBack() {
    let elements: [String?] = ["a", nil, "", "NULL", "b,c", "\"d\\", "{e}"]
    #expect(ArrayText.read(ArrayText.write(elements)) == elements)
    #expect(ArrayText.read("{}") == [])
    #expect(ArrayText.read("[0:2]={100,0,12}") == ["100", "0", "12"])
    #expect(ArrayText.read("{a,NULL,\"b c\"}") == ["a", nil, "b c"])
    #expect(ArrayText.readNumbers("[0:2]={100,NULL,-12}") == [100, -12])
    #expect(ArrayText.readNumbers("{}") == [])
  }
}

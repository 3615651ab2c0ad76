import SQLText
import Testing

@Suite struct JSONTests {
  @Test func values() throws {
    let value = try JSONValue(
      parsing:
        #" {"a": [1, -2.5e1, true, false, null, "x"], "b": {"z": 0, "a": 9223372036854775807}, "c": {}, "d": [] } "#)
    #expect(value["a"] == .array([.int(1), .double(-25), .bool(true), .bool(false), .null, .string("x")]))
    #expect(value["b"]?.object?.members.map(\.key) == ["z", "a"])
    #expect(value["b"]?["a"]?.int == Int.max)
    #expect(value["a"]?[1]?.double == -25)
    #expect(value["a"]?[0]?.double == 1)
    #expect(value["a"]?[6] == nil)
    #expect(value["c"] == .object(JSONObject()))
    #expect(value["d"]?.array == [])
    #expect(value["x"] == nil)
    #expect(try JSONValue(parsing: "9223372036854775808") == .double(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"] == .int(2))
  }

  @Test func strings() throws {
    #expect(
      try JSONValue(parsing: #""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00 \u0000""#).string
        == "\"\\/\u{8}\u{c}\n\r\téé😀 \u{0}")
  }

  @Test(arguments: [
    ("", "unexpected end of text", 0), ("[1,]", "expected a value", 3),
    ("[1 2]", "expected a comma or a closing bracket", 3),
    ("{\"a\" 1}", "expected a colon", 5), ("{a:1}", "expected a key", 1),
    ("{\"a\":1", "expected a comma or a closing brace", 6),
    ("01", "unexpected text behind the value", 1), ("1.", "expected a digit", 2), ("-", "expected a digit", 1),
    ("\"a", "a string without end", 0), ("\"\\q\"", "invalid escape", 2),
    ("\"\\u12\"", "expected four hexadecimal digits", 5),
    ("\"\\ud800\"", "half a surrogate pair", 1), ("\"\\ud800\\u0041\"", "half a surrogate pair", 1),
    ("tru", "expected a value", 0),
    ("\"\n\"", "a control character in a string", 1), ("1 1", "unexpected text behind the value", 2),
  ])
  func errors(_ text: String, _ message: String, _ position: Int) {
    #expect(throws: JSONError(message, at: position)) { try JSONValue(parsing: text) }
  }

  @Test func depthIsLimited() throws {
    let deep = String(repeating: "[", count: 4096) + String(repeating: "]", count: 4096)
    #expect(throws: JSONError("nested too deeply", at: 512)) { try JSONValue(parsing: deep) }
    #expect(try JSONValue(parsing: deep, depth: 4096)[0] != nil)
    #expect(throws: JSONError("a string isn't valid UTF-8", at: 0)) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func anyBytesAreReadOrRefused() {
    var random = RandomTextTests.Generator(state: 4)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "u00", "d800", "1", "-", ".", "e", "true", "null", " ", "a",
    ]
    var good = 0
    for _ in 0..<5_000 {
      if (try? JSONValue(parsing: random.text(of: pieces, count: 1..<8))) != nil { good += 1 }
    }
    #expect(good > 100 && good < 2_500)
  }
}

import Testing

@testable import Medic

@Suite struct NameTests {
  @Test(
    arguments: [
      ("orders", "orders"), ("Orders", "\"Orders\""), ("order", "\"order\""), ("a\"b", "\"a\"\"b\""),
      ("1st", "\"1st\""),
      ("json_table", "\"json_table\""), ("a b", "\"a b\""), ("", "\"\""), ("name", "name"), ("ä", "\"ä\""),
    ])
  func quotesWhereTheServerWould(_ name: String, _ quoted: String) {
    #expect(SQLName.quoted(name) == quoted)
  }

  @Test func literalsHoldWhateverTheServerIsSetTo() {
    #expect(SQLName.literal("it's") == "'it''s'")
    #expect(SQLName.literal("a\\b") == "E'a\\\\b'")
  }

  @Test func indexNamesStayInside63BytesAndKeepTheirColumns() {
    let name = IndexDefinition.name(table: String(repeating: "täble_", count: 12), columns: ["order_id", "line_no"])
    #expect(name.utf8.count <= 63)
    #expect(name.hasSuffix("_on_order_id_line_no"))
    #expect(IndexDefinition.name(table: "items", columns: ["order_id"]) == "index_items_on_order_id")
  }
}

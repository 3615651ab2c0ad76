import CKnowledge

/// The pages that are compiled into the program.
enum Embedded {
  /// Id and text of each page, in the registry's order.
  static var pages: [(id: String, text: String)] {
    UnsafeBufferPointer(start: pgmedic_pages, count: pgmedic_page_count).compactMap { page in
      guard let id = page.id, let bytes = page.bytes else { return nil }
      let text = UnsafeBufferPointer(start: bytes, count: page.length)
      return (String(cString: id), String(decoding: text, as: UTF8.self))
    }
  }
}

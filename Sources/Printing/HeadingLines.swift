/// The lines of a heading, with tabs and control characters made visible.
struct HeadingLines {
  struct Line {
    var bytes: [UInt8]
    var width: Int
  }

  let lines: [Line]

  init(_ name: [UInt8], _ encoding: TextEncoding) {
    var lines: [Line] = []
    name.withUnsafeBufferPointer { name in
      var value = ValuePiece(encoding)
      value.begin(name)
      while !value.isAtEnd {
        let line = value.next(width: .max)
        lines.append(Line(bytes: Array(line.bytes), width: line.width))
        value.remove(line)
      }
    }
    self.lines = lines
  }
}

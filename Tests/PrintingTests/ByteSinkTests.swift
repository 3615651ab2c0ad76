import Printing
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ByteSinkTests {
  private func table(rows: Int) -> Table {
    Table(columns: [.number("n"), Column("text")], rows: (0..<rows).map { ["\($0)", "some text of row \($0)"] })
  }

  /// Pieces are large, and together they are what a sink in memory holds.
  @Test func passesOnLargePieces() {
    var pieces: [[UInt8]] = []
    let sink = ByteSink { piece in
      pieces.append(Array(piece))
      return true
    }
    let memory = ByteSink()
    print(table(rows: 10_000), PrintOptions(), to: sink)
    print(table(rows: 10_000), PrintOptions(), to: memory)
    #expect(pieces.count < 10)
    #expect(sink.flush())
    #expect(pieces.flatMap { $0 } == memory.bytes)
    #expect(memory.bytes.count > 250_000)
  }

  @Test func goesQuietAfterAFailure() {
    var calls = 0
    let sink = ByteSink { _ in
      calls += 1
      errno = ENOSPC
      return false
    }
    print(table(rows: 10_000), PrintOptions(), to: sink)
    #expect(!sink.flush())
    #expect(calls == 1)
    #expect(sink.error == ENOSPC)
    #expect(!sink.wantsMore)
  }

  @Test func writesToADescriptorThatDoesNotBlock() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) | O_NONBLOCK)
    let reader = try #require(fdopen(ends[0], "r"))
    let sink = ByteSink(fileDescriptor: ends[1])
    // Less than a pipe holds at once, in several writes.
    for _ in 0..<3 {
      sink.append("line\n")
      sink.flush()
    }
    close(ends[1])
    var buffer = [UInt8](repeating: 0, count: 100)
    #expect(fread(&buffer, 1, buffer.count, reader) == 15)
    #expect(String(decoding: buffer.prefix(15), as: UTF8.self) == "line\nline\nline\n")
    fclose(reader)
    #expect(sink.error == 0)
    sink.append("more")
    #expect(!sink.flush())
    #expect(sink.error == EBADF)
  }

  /// As when psql is interrupted: no more rows, no footer.
  @Test func interruptionEndsRows() {
    let flag = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: 1)
    defer { flag.deallocate() }
    flag.initialize(to: 1)
    for format in Format.allCases {
      for expanded in [PrintOptions.Expanded.off, .on] {
        var options = PrintOptions()
        options.format = format
        options.expanded = expanded
        let sink = ByteSink()
        sink.interruption = UnsafePointer(flag)
        print(table(rows: 3), options, to: sink)
        #expect(!sink.text.contains("some text") && !sink.text.contains("rows)"))
      }
    }
  }

  @Test func appendsWhatItIsGiven() {
    let sink = ByteSink()
    sink.append("static ")
    sink.append("dynamic \(1) " as String)
    sink.append("bytes " as ByteString)
    sink.append(0x2D, count: 3)
    sink.append(decimal: -42)
    sink.append([0x0A])
    #expect(sink.text == "static dynamic 1 bytes ----42\n")
    sink.removeAll()
    #expect(sink.bytes.isEmpty)
  }
}

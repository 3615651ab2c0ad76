/// What a format is asked to write: a part of a source, and how.
struct Job {
  let source: any RowSource
  /// The columns, with the invalid bytes in their names dropped.
  let columns: [Column]
  let rowCount: Int
  let options: PrintOptions
  let part: Part

  init(_ source: any RowSource, _ options: PrintOptions, _ part: Part) {
    self.source = source
    columns = source.columns.map { column in
      var column = column
      if options.encoding == .utf8 { column.name = ValidText.cleaned(column.name) }
      return column
    }
    rowCount = source.rowCount
    self.options = options
    self.part = part
  }

  /// The footer lines: those that were given, else the count of rows.
  var footers: [ByteString] {
    guard options.footers.isEmpty, options.defaultFooter else { return options.footers }
    let total = part.priorRows + rowCount
    return ["(\(total) \(total == 1 ? "row" : "rows"))"]
  }

  /// The title, unless only tuples are wanted.
  var title: ByteString? { options.tuplesOnly ? nil : options.title }

  func rows() -> RowReader { RowReader(self) }
}

/// Prints `source`, or a part of it, as `options` say.
///
/// The bytes are those of psql 15 for its formats. They may still be in the sink's buffer afterwards.
public func print(_ source: any RowSource, _ options: PrintOptions, part: Part = .whole, to sink: ByteSink) {
  let job = Job(source, options, part)
  options.format.writer.write(job, to: sink)
}

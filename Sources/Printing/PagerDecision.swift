/// Whether psql would print `source` through the pager, given that it reads from and writes to a terminal.
///
/// - Parameters:
///   - options: their `terminalWidth` must be set.
///   - terminalHeight: in lines; nil if it can't be told, which asks for the pager.
public func usesPager(_ source: any RowSource, _ options: PrintOptions, terminalHeight: Int?) -> Bool {
  guard options.pager != .off else { return false }
  guard options.pager == .on, let terminalHeight else { return true }
  let enough = max(terminalHeight, options.pagerMinLines)
  // Without a look at each value, since there is at least a line for each row.
  return source.rowCount >= enough || linesNeeded(for: source, options) >= enough
}

/// The lines of output that psql reckons with when it decides on the pager: not quite those that are printed.
///
/// `Int.max` stands for a table that is wider than the terminal, which goes through the pager at any height.
public func linesNeeded(for source: any RowSource, _ options: PrintOptions) -> Int {
  let job = Job(source, options, .whole)
  // Of the footers only those count that were given: not "(n rows)".
  let footers = options.tuplesOnly ? 0 : options.footers.count
  let expandedLines = (job.columns.count + 1) * job.rowCount + footers
  guard options.expanded != .on else { return expandedLines }
  guard options.format == .aligned || options.format == .wrapped else { return job.rowCount + 1 + footers }

  var shape = AlignedShape(job)
  let target = options.targetWidth
  if options.format == .wrapped { shape.wrap(to: target) }
  if shape.exceeds(target) {
    return options.expanded == .auto && job.columns.count > 1 ? expandedLines : .max
  }
  return job.rowCount + 1 + footers + shape.headingLines + extraLines(job, shape)
}

/// The lines that rows take beyond their first ones, because of newlines and wrapping.
private func extraLines(_ job: Job, _ shape: AlignedShape) -> Int {
  guard !job.columns.isEmpty else { return 0 }
  let encoding = job.options.encoding
  let rows = job.rows()
  var lines = 0
  for row in 0..<job.rowCount {
    rows.read(row)
    var extra = 0
    for (place, column) in shape.columns.enumerated() where column.width > 0 {
      let extent = extent(of: rows.cells[place].bytes, encoding)
      if extent.width > 0 { extra = max(extra, (extent.width - 1) / column.width + extent.lines - 1) }
    }
    lines += extra
  }
  return lines
}

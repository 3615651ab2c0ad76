enum AsciidocFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum HTMLFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum LatexFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum LongtableFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum TroffFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum JSONFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum JSONLinesFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }
enum MarkdownFormat: FormatWriter { static func write(_ job: Job, to sink: ByteSink) {} }

func linesNeeded(_ rows: some RowSource, _ options: PrintOptions) -> Int { rows.rowCount + 4 }
import Printing

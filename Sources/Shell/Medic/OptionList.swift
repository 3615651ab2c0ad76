import SQLText

extension Session {
  /// Reads `[(name=value[,] …)]` and what follows it of the running command.
  ///
  /// `leavesRest` stops behind the list, for commands whose text is taken as it stands.
  /// Values are quoted with `'…'` and may name variables, as psql's arguments. Throws for a list that isn't closed.
  mutating func optionList(
    leavesRest: Bool = false
  ) throws(CommandError) -> (options: [(name: String, value: String)], rest: [String]) {
    var options: [(name: String, value: String)] = []
    var rest: [String] = []
    var isOpen = false
    while let argument = try commandArgument(.normal, strippingSemicolons: !isOpen) {
      var text = argument.text
      if !isOpen {
        guard options.isEmpty, rest.isEmpty, text.hasPrefix("("), argument.quote != .single else {
          rest.append(text)
          continue
        }
        isOpen = true
        text.removeFirst()
      }
      let closes = text.hasSuffix(")")
      if closes { text.removeLast() }
      // a comma inside quotes belongs to the value
      let pieces = argument.quote == nil ? text.split(separator: ",").map { String($0) } : [withoutComma(text)]
      for piece in pieces where !piece.isEmpty {
        let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .message("option \"\(piece)\" needs a value, as in (\(piece)=on)") }
        options.append((String(parts[0]), String(parts[1])))
      }
      if closes { isOpen = false }
      if closes, leavesRest { break }
    }
    if isOpen { throw .message("missing right parenthesis") }
    return (options, rest)
  }
}

private func withoutComma(_ text: String) -> String { text.hasSuffix(",") ? String(text.dropLast()) : text }

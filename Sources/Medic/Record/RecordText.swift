/// The text of a record file: a line with the version, then for each look a line with its time and lines of numbers.
///
/// ```
/// pgmedic-record 1
/// look 1764098000
/// relation_bytes 16384 1234567
/// ```
public enum RecordText {
  public static let version = 1
  private static let mark = "pgmedic-record"

  /// Why a text is no record.
  public enum Unreadable: Error, Sendable, Equatable {
    /// Written by a newer pgmedic: to be left as it is.
    case newer(Int)
    /// Damaged at this line.
    case damaged(line: Int)
  }

  public static func write(_ record: EarlierLooks) -> String {
    var text = "\(mark) \(version)\n"
    for look in record.looks {
      text += "look \(look.time)\n"
      for kind in Look.Kind.allCases {
        for (id, number) in (look.numbers[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
          text += "\(kind.rawValue) \(id) \(number)\n"
        }
      }
    }
    return text
  }

  public static func read(_ text: String) throws(Unreadable) -> EarlierLooks {
    var looks: [Look] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      if index == 0 {
        guard words.count == 2, words[0] == mark, let found = Int(words[1]) else { throw .damaged(line: 1) }
        guard found == version else { throw found > version ? .newer(found) : .damaged(line: 1) }
      } else if words.count == 2, words[0] == "look", let time = Int(words[1]) {
        looks.append(Look(time: time))
      } else if words.count == 3, !looks.isEmpty, let id = Int(words[1]), let number = Int(words[2]) {
        // A kind that this version doesn't know is passed over.
        if let kind = Look.Kind(rawValue: String(words[0])) { looks[looks.count - 1][kind, id] = number }
      } else if !line.isEmpty {
        throw .damaged(line: index + 1)
      }
    }
    return EarlierLooks(looks)
  }
}

/// All examinations of this module, in the order in which help lists them.
public enum Examinations {
  public static let all: [any Examination.Type] = [
    ForeignKeyCheck.self, UnusedIndexes.self, RedundantIndexes.self, ConnectionSlots.self, BloatCheck.self,
  ]
}

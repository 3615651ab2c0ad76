/// All examinations of this module, in the order in which help lists them.
public enum Examinations {
  public static let all: [any Examination.Type] = [
    BloatCheck.self,
    ForeignKeyCheck.self,
    UnusedIndexes.self,
    RedundantIndexes.self,
    ConnectionSlots.self,
    Sequences.self,
    Sizes.self,
    SlowStatements.self,
    Conventions.self,
    ExplainStatement.self,
    LockWaits.self,
    Now.self,
    VacuumCheck.self,
    ReplicationCheck.self,
    PartitionCheck.self,
    Checkup.self,
  ]
}

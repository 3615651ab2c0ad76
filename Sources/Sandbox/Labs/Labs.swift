/// The incidents that can be provoked.
public enum Labs {
  public static let all: [any Lab] = [
    FailedMigration(),
    LockQueue(),
    FullDisk(),
    BrokenRows(),
    LuredPlan(),
    LaggingStandby(),
    UsedUpSlots(),
  ]

  public static func named(_ id: String) -> (any Lab)? { all.first { $0.id == id } }
}

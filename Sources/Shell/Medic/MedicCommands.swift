import Medic

/// The commands that psql doesn't have.
let medicCommands: [any MetaCommand] =
  examineCommands + [
    Fix(),
    SearchKnowledge(),
    FillTemplate(),
    Why(),
  ]

private let examineCommands: [any MetaCommand] = []

import Medic

/// The commands that psql doesn't have.
let medicCommands: [any MetaCommand] = [
  ExamineCommand.bloat,
  ExamineCommand.foreignKeys,
  ExamineCommand.unused,
  ExamineCommand.redundant,
  ExamineCommand.connections,
  AdviseCommand(),
  Fix(),
  SearchKnowledge(),
  FillTemplate(),
  Why(),
]

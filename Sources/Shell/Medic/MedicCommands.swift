import Advisor
import Medic

/// The commands that psql doesn't have.
let medicCommands: [any MetaCommand] =
  (Examinations.all + [Advise.self]).map { ExamineCommand($0) } + [
    Fix(),
    SearchKnowledge(),
    FillTemplate(),
    Play(),
    RunLab(),
    Why(),
    WriteHandoff(),
  ]

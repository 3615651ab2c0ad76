let describeCommands: [any MetaCommand] = []

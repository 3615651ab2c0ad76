import SQLText

/// `\d…`: describes relations and lists everything that a database holds.
///
/// The letters behind `\d` say what; they take `S` and `+` anywhere behind the first, and some take more letters.
struct DescribeFamily: MetaCommand {
  let help = Help(
    "d", flags: [.verbose, .system], isFamily: true, arguments: [.relation], in: .informational, syntax: "[PATTERN]",
    summary: "list tables, views, and sequences, or describe what PATTERN names")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let letters = String(call.name.dropFirst())
    let request = DescribeRequest(letters: letters, pattern: try session.patternArgument())
    guard try Self.run(request, in: &session) else { throw session.unknownCommand(call.name) }
    return .done
  }

  /// Runs the command that the letters name; false where there is none.
  private static func run(_ request: DescribeRequest, in session: inout Session) throws(CommandError) -> Bool {
    let letters = request.letters
    if letters.hasPrefix("config") {
      try session.listParameters(request)
      return true
    }
    if let entry = listings.first(where: { letters.hasPrefix($0.letters) }) {
      try session.list(entry.listing, request)
      return true
    }
    switch letters.first {
    case nil, "+", "S":
      if request.pattern == nil {
        try session.listRelations(request)
      } else {
        try session.describeRelations(request)
      }
    case "t", "v", "m", "i", "s", "E": try session.listRelations(request)
    case "A": return try listOperatorClasses(request, in: &session)
    case "d": try session.listDescriptions(request)
    case "f" where isFollowed(letters, by: "+Sanptw"):
      try session.listFunctions(request, types: try session.typeArguments())
    case "F" where letters.hasPrefix("Fp"):
      if request.isVerbose { try session.describeTextParsers(request) } else { try session.list(.textParsers, request) }
    case "F" where isFollowed(letters, by: "+"):
      if request.isVerbose {
        try session.describeTextConfigurations(request)
      } else {
        try session.list(.textConfigurations, request)
      }
    case "n": try session.listSchemas(request)
    case "o": try session.listOperators(request, types: try session.typeArguments())
    case "P" where isFollowed(letters, by: "+tin"):
      try session.list(PartitionedListing(request).listing, request)
    case "g", "u": try session.listRoles(request)
    case "r" where letters.hasPrefix("rds"):
      let database = request.pattern == nil ? nil : try session.patternArgument()
      try session.listRoleSettings(role: request.pattern, database: database)
    case "R" where letters.hasPrefix("Rp"):
      if request.isVerbose {
        try session.describePublications(request)
      } else {
        try session.list(.publications, request)
      }
    case "T": try session.listTypes(request)
    case "x":
      if request.isVerbose {
        try session.listExtensionContents(request)
      } else {
        try session.list(.extensions, request)
      }
    default: return false
    }
    return true
  }

  /// The commands that are a listing and no more. Letters behind those that name one mean nothing to psql.
  private static let listings: [(letters: String, listing: Listing)] = [
    ("a", .aggregates), ("b", .tablespaces), ("C", .casts), ("c", .conversions), ("dp", .defaultPrivileges),
    ("D", .domains), ("es", .foreignServers), ("et", .foreignTables), ("eu", .userMappings),
    ("ew", .foreignDataWrappers), ("Fd", .textDictionaries), ("Ft", .textTemplates), ("l", .largeObjects),
    ("L", .languages), ("O", .collations), ("p", .privileges), ("Rs", .subscriptions),
    ("X", .extendedStatistics), ("y", .eventTriggers),
  ]

  /// Whether what follows the first letter begins with one of `allowed`. psql looks no further.
  private static func isFollowed(_ letters: String, by allowed: String) -> Bool {
    letters.dropFirst().first.map { allowed.contains($0) } ?? true
  }

  private static func listOperatorClasses(
    _ request: DescribeRequest, in session: inout Session
  ) throws(CommandError) -> Bool {
    let listing: Listing
    switch request.letters.dropFirst().first {
    case nil, "+":
      try session.list(.accessMethods, request)
      return true
    case "c": listing = .operatorClasses
    case "f": listing = .operatorFamilies
    case "o": listing = .familyOperators
    case "p": listing = .familyFunctions(isVerbose: request.isVerbose)
    default: return false
    }
    let second = request.pattern == nil ? nil : try session.patternArgument()
    try session.listOperatorFamilies(listing, request, second: second)
    return true
  }
}

extension Session {
  /// The next argument of a command that takes patterns: a semicolon at its end is dropped.
  mutating func patternArgument() throws(CommandError) -> String? {
    try argument(.normal, strippingSemicolons: true)
  }

  /// The arguments left, for `\df` and `\do`.
  fileprivate mutating func typeArguments() throws(CommandError) -> [String] {
    var types: [String] = []
    while types.count < 100, let type = try patternArgument() { types.append(type) }
    return types
  }

  /// What is said of a command that isn't there.
  func unknownCommand(_ name: String) -> CommandError {
    let error = failed("invalid command \\\(name)")
    if isInteractive { reporter.hint("Try \\? for help.") }
    return error
  }
}

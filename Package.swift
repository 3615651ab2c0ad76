// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift module of ours, with the settings that all of them share.
func module(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: swift)
}

let package = Package(
  name: "pgmedic",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "pgmedic", targets: ["pgmedic"]),
    .library(
      name: "PGMedic", targets: ["Postgres", "SQLText", "Printing", "Sandbox", "Knowledge", "Medic", "Advisor"]),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(name: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CLibPGQuery", providers: [.apt(["libpg-query-dev"])]),
    .target(name: "CShims", dependencies: ["CLibPQ", "CLibEdit"], exclude: ["psql-help"]),
    .target(name: "CKnowledge", exclude: ["pages"]),

    module("Postgres", "CLibPQ", "CShims"),
    module("SQLText", "CLibPGQuery"),
    module("Printing"),
    module("Sandbox", "Postgres", "CShims"),
    module("Knowledge", "CKnowledge", "CSQLite"),
    module("Medic", "Postgres", "SQLText", "Printing", "Knowledge"),
    module("Advisor", "Medic", "Sandbox", "Postgres", "SQLText", "Printing", "Knowledge", "CSQLite"),
    module(
      "Shell", "Advisor", "Medic", "Sandbox", "Knowledge", "Postgres", "SQLText", "Printing", "CShims", "CLibEdit",
      "CLibPQ"),
    .executableTarget(name: "pgmedic", dependencies: ["Shell", "CShims"], swiftSettings: swift),

    .testTarget(
      name: "PrintingTests", dependencies: ["Printing"], exclude: ["recorded"], swiftSettings: swift),
    tests("SQLTextTests", "SQLText"),
    .testTarget(
      name: "KnowledgeTests", dependencies: ["Knowledge"], exclude: ["evaluation"], swiftSettings: swift),
    tests("PostgresTests", "Postgres", "Sandbox"),
    tests("SandboxTests", "Sandbox", "Postgres", "CShims"),
    tests("MedicTests", "Medic", "Postgres", "SQLText", "Sandbox", "Knowledge", "Printing"),
    tests("AdvisorTests", "Advisor", "Medic", "Postgres", "Sandbox"),
    .testTarget(
      name: "TranscriptTests", dependencies: ["pgmedic", "Sandbox", "Postgres", "SQLText", "CShims"],
      exclude: ["transcripts"], swiftSettings: swift),
    tests("ShellTests", "Shell", "Advisor", "Knowledge", "Medic", "Sandbox", "Postgres", "Printing", "SQLText"),
  ]
)

import Testing

@testable import Shell

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `--generate` prints, and that what is checked in is the same. `RECORD=1` writes the files anew.
struct CommandLineDocumentTests {
  /// The meta-commands that the documents list.
  private static let commands = Shell.commands.map { $0.help }.filter { $0.isOurs }.map { CommandHelp($0) }

  private static let files: [(document: GeneratedDocument, name: String)] = [
    (.bash, "pgmedic.bash"), (.zsh, "_pgmedic"), (.fish, "pgmedic.fish"), (.man, "pgmedic.1"),
  ]

  private static func path(_ name: String) -> String {
    let folders = #filePath.split(separator: "/").dropLast(3)
    return "/" + folders.joined(separator: "/") + "/completions/" + name
  }

  private static func contents(_ path: String) throws -> String {
    let file = try #require(fopen(path, "r"), "\(path) cannot be read")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: files.indices)
  func theCheckedInFilesAreTheGeneratedOnes(index: Int) throws {
    let (document, name) = Self.files[index]
    let text = document.text(commands: Self.commands)
    if getenv("RECORD") != nil {
      let file = try #require(fopen(Self.path(name), "w"))
      fputs(text, file)
      fclose(file)
    }
    #expect(try Self.contents(Self.path(name)) == text, "RECORD=1 swift test writes it anew")
  }

  /// README holds the tables as they are generated.
  @Test func readmeHoldsTheGeneratedTables() throws {
    let folders = #filePath.split(separator: "/").dropLast(3)
    let readme = try Self.contents("/" + folders.joined(separator: "/") + "/README.md")
    let tables = GeneratedDocument.readme.text(commands: Self.commands)
    #expect(readme.contains(tables), "put the output of pgmedic --generate readme into README.md")
  }

  @Test(arguments: [GeneratedDocument.bash, .zsh, .fish, .man])
  func everyOptionIsInEveryDocument(document: GeneratedDocument) {
    let text = document.text(commands: [])
    for option in CommandLineOption.psql + CommandLineOption.medic {
      for name in option.longNames {
        switch document {
        case .man: #expect(text.contains("\\fB\\-\\-\(name.split(separator: "-").joined(separator: "\\-"))\\fR"))
        case .fish: #expect(text.contains(" -l \(name) "))
        default: #expect(text.contains("--\(name)"))
        }
      }
      for name in option.hiddenAliases { #expect(!text.contains(" --\(name) ") && !text.contains("-l \(name) ")) }
    }
    for choice in GeneratedDocument.allCases.map(\.rawValue) { #expect(text.contains(choice)) }
  }

  @Test func theManualExplainsOptionsInPlainRoff() {
    let text = GeneratedDocument.man.text(commands: [])
    #expect(
      text.contains(
        """
        .TP
        \\fB\\-L\\fR \\fIFILENAME\\fR, \\fB\\-\\-log\\-file\\fR=\\fIFILENAME\\fR
        Write all query output to this file too, besides its usual place.
        .TP
        """))
    #expect(text.contains("\n.TP\n\\fB\\-\\-sandbox\\fR[=\\fIDIR\\fR]\nStart a server"))
    #expect(text.contains("\n.TP\n\\fB\\-1\\fR, \\fB\\-\\-single\\-transaction\\fR\n"))
    #expect(text.contains("\\e") && !text.contains("\\d"))
  }

  private static let sample = [
    CommandHelp(name: "locks", syntax: "\\locks [(for=a|b)]", summary: "show who waits for whom", group: "health"),
    CommandHelp(name: "kb", syntax: "\\kb [WORDS]", summary: "'search' the pages", group: "knowledge"),
  ]

  @Test func theManualListsTheCommandsByGroup() {
    let text = GeneratedDocument.man.text(commands: Self.sample)
    #expect(text.contains(".SS Health\n.TP\n\\fB\\elocks [(for=a|b)]\\fR\nshow who waits for whom\n.SS Knowledge\n"))
    // A quote at the start of a line would be a request.
    #expect(text.contains("\n\\&'search' the pages\n"))
  }

  @Test func theReadmesTablesKeepTheirBars() {
    let text = GeneratedDocument.readme.text(commands: Self.sample)
    #expect(text.hasPrefix("| option | |\n| --- | --- |\n| `--sandbox[=DIR]` | start a throwaway server"))
    #expect(text.hasSuffix("| `\\kb [WORDS]` | 'search' the pages |\n"))
    #expect(text.contains("\n\n| health | |\n| --- | --- |\n| `\\locks [(for=a\\|b)]` | show who waits for whom |\n"))
    #expect(!text.contains("--host"))
  }

  @Test func zshMayRepeatWhatPsqlRepeatsAndNothingElse() {
    let lines = GeneratedDocument.zsh.text(commands: []).split(separator: "\n")
    let repeated = lines.filter { $0.hasPrefix("    '*") }
    #expect(repeated.count == 9)
    #expect(lines.contains { $0.hasPrefix("    '*-c+[run only single command") })
    let host = "    '(-h --host)--host=[database server host or socket directory]:HOSTNAME:_hosts'"
    #expect(lines.contains { $0.hasPrefix(host) })
    let sandbox = lines.first { $0.hasPrefix("    '(--sandbox)--sandbox=-[start a throwaway") }
    #expect(sandbox?.contains("]::DIR:_files -/'") == true)
  }
}

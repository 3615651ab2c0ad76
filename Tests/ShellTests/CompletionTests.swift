import Testing

@testable import Shell

/// What can be known without a server: words, rules, keywords, commands.
struct CompletionTests {
  /// Answers nothing about catalogs.
  private struct Offline: CompletionContext {
    var keywordCase = Settings.KeywordCase.preserveUpper
    func query(_ sql: String, _ parameters: [String]) -> [String] { [] }
    var variables: [String] { ["AUTOCOMMIT", "VERBOSITY", "VERSION", "my_table"] }
    func values(ofVariable name: String) -> [String] { name == "VERBOSITY" ? ["default", "terse", "verbose"] : [] }
    var commands: [Help] { Shell.commands.map(\.help) }
    var sqlTopics: [String] { SQLHelp.topics }
    var entries: [String] { ["index-concurrently", "index-fk"] }
    var environment: [String] { ["HOME", "PATH"] }
    var printSettings: [String] { ["border", "format", "null"] }
    func values(ofPrintSetting name: String) -> [String] { name == "format" ? ["aligned", "csv"] : [] }
  }

  private func complete(_ text: String, _ keywordCase: Settings.KeywordCase = .preserveUpper) -> [String] {
    Completer(context: Offline(keywordCase: keywordCase)).complete(text)?.candidates.map(\.text) ?? []
  }

  @Test(
    "The words before the cursor",
    arguments: [
      ("select a, b from t", ["select", "a", ",", "b", "from"], "t"),
      ("select 1; update ", ["update"], ""),
      ("insert into t (a, b) val", ["insert", "into", "t", "()"], "val"),
      ("analyze (\n", ["analyze", "("], ""),
      ("select * from \"My t\".\"x", ["select", "*", "from"], "\"My t\".\"x"),
      ("select 'it''s; (' , ", ["select", "'it''s; ('", ","], ""),
      ("select /* ( */ a -- x (\n from ", ["select", "a", "from"], ""),
      ("select $$ ( ; $$ , :va", ["select", "$$ ( ; $$", ","], ":va"),
      ("select x::in", ["select", "x", "::"], "in"),
      ("alter type e rename value 'ba", ["alter", "type", "e", "rename", "value"], "'ba"),
      ("select E'a\\' ( ' from ", ["select", "E'a\\' ( '", "from"], ""),
    ])
  func words(text: String, words: [String], current: String) {
    let found = StatementWords(text)
    #expect(found.words == words)
    #expect(found.current == current)
    #expect(found.command == nil)
  }

  @Test(
    "Nothing is completed in comments and dollar quotes",
    arguments: [
      "select -- fr", "select /* fr", "do $$ begin sel", "select $tag$ fr",
    ])
  func opaque(text: String) {
    #expect(StatementWords(text).isOpaque)
    #expect(complete(text).isEmpty)
  }

  @Test(
    "Keywords of statements",
    arguments: [
      ("SEL", ["SELECT"]), ("sel", ["select"]), ("CREATE TY", ["CREATE TYPE".replacing("CREATE ", with: "")]),
      ("drop publ", ["publication"]), ("alter table t ren", ["rename"]), ("alter table if exists t ow", ["owner to"]),
      ("analyze (\nver", ["verbose"]), ("explain (analyze, buff", ["buffers"]), ("explain (format j", ["json"]),
      ("begin isolation level rep", ["repeatable read"]), ("insert into t (a) val", ["values ("].map { _ in "values" }),
      ("insert into t values (1) on", ["on conflict"]), ("select a from t where b is nu", ["null"]),
      ("create index concurrently i o", ["on"]), ("vacuum (index_cleanup a", ["auto"]),
      ("create table t (id bigint gen", ["generated"]),
      ("grant select on t to bob wi", ["with admin option", "with grant option"]),
      ("select * from a left j", ["join"]), ("select a from t gr", ["group by"]), ("blarg ", []),
      ("with x as (select 1) sel", ["select"]),
      ("select (select a fr", ["from"]), ("drop table t ca", ["cascade"]), ("lock table t in access s", ["share mode"]),
      ("select 1; dea", ["deallocate"]), ("set session ch", ["characteristics as transaction"]),
    ])
  func keywords(text: String, expected: [String]) {
    #expect(complete(text) == expected)
  }

  @Test(
    "COMP_KEYWORD_CASE",
    arguments: [
      (Settings.KeywordCase.lower, "CO", "column"), (.upper, "co", "COLUMN"), (.preserveLower, "co", "column"),
      (.preserveUpper, "CO", "COLUMN"), (.preserveLower, "CO", "COLUMN"), (.preserveUpper, "co", "column"),
    ])
  func keywordCase(setting: Settings.KeywordCase, typed: String, expected: String) {
    #expect(complete("alter table t rename \(typed)", setting).first == expected)
    let empty = complete("select * from a natural ", setting).contains("JOIN")
    #expect(empty == [.upper, .preserveUpper].contains(setting))
  }

  @Test(
    "Commands, and their arguments by what their help says",
    arguments: [
      ("\\DRD", ["\\drds"]), ("\\ques", []), ("\\pse", ["\\pset"]), ("\\pset fo", ["format"]),
      ("\\pset format c", ["csv"]),
      ("\\timing o", ["off", "on"]), ("\\set VERB", ["VERBOSITY"]), ("\\set VERBOSITY def", ["default"]),
      ("\\echo :VERB", [":VERBOSITY"]), ("\\unset my", ["my_table"]), ("\\kb index-c", ["index-concurrently"]),
      ("\\h ALTER AGG", ["AGGREGATE"]), ("\\getenv x PA", ["PATH"]), ("\\g (for", ["format="]),
      ("\\g (format=c", ["csv"]),
      ("select 1 \\gd", ["\\gdesc"]), ("\\copy t fr", ["from"]), ("\\if tr", ["true"]), ("\\fix (tar", ["target="]),
    ])
  func commands(text: String, expected: [String]) {
    #expect(complete(text) == expected)
  }

  @Test(
    "Variables in SQL",
    arguments: [
      ("select :VERB", [":VERBOSITY"]), ("select :'my", [":'my_table'"]), ("select * from :\"my", [":\"my_table\""]),
      ("select a::my", []),
    ])
  func variables(text: String, expected: [String]) {
    #expect(complete(text) == expected)
  }

  @Test("Tables of a statement with their aliases")
  func tables() {
    let found = TableReference.all(
      in:
        "select a. from public.\"Tab\" as a, only t2 b left join s.t3 on x = 'from nowhere' where c in (select 1 from u)"
    )
    #expect(
      found == [
        TableReference(schema: "public", name: "Tab", alias: "a"), TableReference(schema: "", name: "t2", alias: "b"),
        TableReference(schema: "s", name: "t3", alias: "t3"), TableReference(schema: "", name: "u", alias: "u"),
      ])
    #expect(TableReference.all(in: "update only T set a = 1") == [TableReference(schema: "", name: "t", alias: "t")])
    #expect(TableReference.all(in: "select * from generate_series(1, 2) g, (select 1) x").isEmpty)
  }

  @Test("A name being typed is folded and taken apart")
  func namePatterns() {
    #expect(TypedName("PUBLIC.Ta").parts == ["public"])
    #expect(TypedName("PUBLIC.Ta").prefix == "ta")
    #expect(TypedName("\"My\"\".x\".\"Ta").parts == ["My\".x"])
    #expect(TypedName("\"My\"\".x\".\"Ta").prefix == "Ta")
    #expect(TypedName("\"Ta").isQuoted)
    #expect(!TypedName("\"S\".ta").isQuoted)
  }

  @Test("Every rule's offers are of known kinds, and refer to words that the rule has")
  func rules() {
    #expect(CompletionRule.all.count > 600)
    for rule in CompletionRule.all {
      #expect(!rule.offers.isEmpty)
      for case .names(_, let index?) in rule.offers {
        for pattern in rule.patterns {
          let captures = pattern.count { if case .any = $0 { true } else { false } }
          #expect(index <= captures, "\(rule)")
        }
      }
    }
  }
}

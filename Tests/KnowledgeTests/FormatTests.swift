import Testing

@testable import Knowledge

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A page with these lines in its front matter and this body.
func page(_ head: String = "", body: String = "Text.") throws(PageProblem) -> Entry {
  try Entry(
    "---\nkind: playbook\ntitle: T\nsummary: S.\n\(head)---\n\(body)\n", path: "p.md", name: "p",
    origin: .user(path: "p.md"))
}

@Suite struct FrontMatterFormat {
  @Test func readsValuesAndLists() throws {
    let entry = try page(
      """
      id: my-page
      synonyms: [a b,  "c, d", "e \\"f\\" [g]",
        h]
      sqlstates: [40P01]
      slots: [table:table, "n:int=3", kind:choice[a, b]=b, key:column{type=timestamptz|date}, where:expr?, "name:index{in=table}=i_<table>"]
      versions: 13-17
      links: []
      irreversible: data is lost

      """)
    #expect(entry.id == "my-page")
    #expect(entry.synonyms == ["a b", "c, d", "e \"f\" [g]", "h"])
    #expect(entry.slots.map(\.name) == ["table", "n", "kind", "key", "where", "name"])
    #expect(entry.slots[2].choices == ["a", "b"])
    #expect(entry.slots[3].filter == "type=timestamptz|date")
    #expect(entry.slots[4].isOptional)
    #expect(
      entry.slots.map(\.description) == [
        "table:table", "n:int=3", "kind:choice[a,b]=b", "key:column{type=timestamptz|date}", "where:expr?",
        "name:index{in=table}=i_<table>",
      ])
    #expect(
      entry.versions.contains(13) && entry.versions.contains(17) && !entry.versions.contains(18)
        && !entry.versions.contains(12))
    #expect(entry.irreversible == "data is lost")
    #expect(entry.body == "Text.")
    #expect(entry.links == [])
  }

  /// What is wrong, with its line.
  static let faults: [(String, String)] = [
    ("no dashes", "p.md:1: a page begins with a line of three dashes and its front matter"),
    ("---\nkind: playbook", "p.md:2: the front matter has no end: no second line of ---"),
    ("---\nkind playbook\n---", "p.md:2: expected \"key: value\""),
    (
      "---\nkind: playbook\ncolour: red\n---",
      "p.md:3: unknown key \"colour\"; known are id, irreversible, kind, links, messages, questions, slots, sqlstates, subject, summary, symptoms, synonyms, title, versions"
    ),
    (
      "---\nkind: story\ntitle: T\nsummary: S\n---",
      "p.md:2: unknown kind \"story\"; known are pattern, playbook, checklist, convention, query, workflow"
    ),
    ("---\nkind: query\nkind: query\n---", "p.md:3: \"kind\" is there twice"),
    ("---\nkind: query\nsummary: S\n---", "p.md:1: \"title\" is missing"),
    ("---\nkind: query\ntitle:\n---", "p.md:3: \"title\" has no value"),
    ("---\nkind: query\ntitle: T\nsummary: S\nsynonyms: a, b\n---", "p.md:5: \"synonyms\" takes a list: [a, b]"),
    ("---\nkind: query\ntitle: T\nsummary: S\nsynonyms: [a, b\n---", "p.md:5: the list of \"synonyms\" has no \"]\""),
    ("---\nkind: query\ntitle: T\nsummary: S\nsynonyms: [a] b\n---", "p.md:5: \"b\" after the end of the list"),
    ("---\nkind: query\ntitle: T\nsummary: S\nsynonyms: [a,, b]\n---", "p.md:5: item 2 of \"synonyms\" is empty"),
    (
      "---\nid: A b\nkind: query\ntitle: T\nsummary: S\n---",
      "p.md:2: an id is made of lower-case letters, digits and dashes, not \"A b\""
    ),
    (
      "---\nkind: query\ntitle: T\nsummary: S\nsqlstates: [1234]\n---",
      "p.md:5: \"1234\" is no SQLSTATE: five digits and capital letters"
    ),
    (
      "---\nkind: query\ntitle: T\nsummary: S\nslots: [t:tabel]\n---",
      "p.md:5: slot \"t:tabel\" isn't name:type=default of a known type"
    ),
    (
      "---\nkind: query\ntitle: T\nsummary: S\nslots: [t:choice[a]=b]\n---",
      "p.md:5: slot \"t:choice[a]=b\" isn't name:type=default of a known type"
    ),
    ("---\nkind: query\ntitle: T\nsummary: S\nslots: [t:int, t:int]\n---", "p.md:5: slot \"t\" is there twice"),
    (
      "---\nkind: query\ntitle: T\nsummary: S\nversions: new\n---", "p.md:5: versions are 13+, 13-17 or 15, not \"new\""
    ),
    (
      "---\nkind: query\ntitle: T\nsummary: S\nmessages: [\"* {x}\"]\n---",
      "p.md:5: message pattern \"* {x}\" is too short to tell one error from another"
    ),
    ("", "p.md:1: a page begins with a line of three dashes and its front matter"),
  ]

  @Test(arguments: faults) func saysWhatIsWrongAndWhere(_ text: String, _ message: String) {
    do throws(PageProblem) {
      _ = try Entry(text, path: "p.md", name: "p", origin: .builtIn)
      Issue.record("no fault found")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test func windowsLineEndsAreFine() throws {
    let entry = try Entry(
      "---\r\nkind: query\r\ntitle: T\r\nsummary: S\r\n---\r\n## A\r\n\r\nText\r\n", path: "p.md", name: "p",
      origin: .builtIn)
    #expect(entry.title == "T")
    #expect(entry.sections == [Section(title: "A", blocks: [.paragraph("Text")])])
  }
}

@Suite struct BodyFormat {
  @Test func stepsHaveTitlesWordsAndAttributes() throws {
    let entry = try page(
      "slots: [pid:pid, table:table]\n",
      body: """
        ## Look

        ### Who is it

        Before.

        ```sql read expect=none on=standby versions=14+ needs="pg_stat_statements"
        SELECT 1 WHERE pid = :pid AND x::text = 'a:b' AND t = :'table';
        ```

        After one.

        - After two.

        ```sql confirm tx=no
        DROP TABLE :table;
        ```

        ## Other

        ```sql
        SELECT example;
        ```
        """)
    let steps = entry.steps
    #expect(entry.faults() == [])
    #expect(steps.count == 2)
    #expect(steps[0].title == "Who is it" && steps[0].section == "Look" && steps[0].kind == .read)
    #expect(steps[0].explanation == "Before.")
    #expect(steps[0].expects == Step.Expectation.none)
    #expect(
      steps[0].place == .standby && steps[0].needs == "pg_stat_statements" && steps[0].versions.description == "14+")
    #expect(steps[0].variables == ["pid", "table"])
    #expect(steps[1].explanation == "After one.\n- After two.")
    #expect(!steps[1].canRunInTransaction && steps[0].canRunInTransaction)
    #expect(entry.sections.map(\.title) == ["Look", "Other"])
  }

  @Test func faultsHaveTheirLine() throws {
    func faults(_ body: String) throws -> [String] {
      try page("slots: [t:table, v:value]\n", body: body).faults().map(\.description)
    }
    #expect(try faults("```sql read\nSELECT 1") == ["p.md:7: the block has no end: no line of ``` after it"])
    #expect(
      try faults("x\n\n```sql red\n```") == [
        "p.md:9: unknown mark \"red\"; known are read, write, confirm, outside, up, down, verify, rails"
      ])
    #expect(try faults("```sql read expect=yes\n```") == ["p.md:7: expect is none, rows or true, not \"yes\""])
    #expect(
      try faults("```sql read foo=1\n```") == [
        "p.md:7: unknown attribute \"foo\"; known are each, expect, name, needs, on, relation, repeat, tx, versions"
      ])
    #expect(try faults("```sql read\nSELECT :x\n```") == ["p.md:7: :x is no slot of the page"])
    #expect(
      try faults("```sql read\nSELECT :v\n```") == ["p.md:7: :v can't be written in this form, since it is a value"])
    #expect(
      try faults("```sql read\nSELECT $$ :'v' $$\n```") == [
        "p.md:7: :v is inside dollar quotes, where psql doesn't look"
      ])
    #expect(try faults("```sql up\nSELECT [[:'v'\n```") == ["p.md:7: [[ and ]] don't pair, or are nested"])
    #expect(try faults("```ruby rails name=x\n<t> <q>\n```") == ["p.md:7: <q> is no slot of the page"])
    #expect(try faults("```sql read\nSELECT ':x' \":x\" -- :x\n/* :x */ , a[1:2], b::int\n```") == [])
  }
}

@Suite struct UserPagesBeside {
  /// A directory of its own, removed at the end.
  private func inDirectory(_ files: [(String, String)], _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/pgmedic-kb-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let directory = try #require(made)
    defer {
      for (name, _) in files { unlink("\(directory)/\(name)") }
      rmdir(directory)
    }
    for (name, text) in files {
      let file = try #require(fopen("\(directory)/\(name)", "w"))
      _ = text.utf8.withContiguousStorageIfAvailable { fwrite($0.baseAddress, 1, $0.count, file) }
      fclose(file)
    }
    try body(directory)
  }

  private static let own =
    "---\nkind: playbook\ntitle: Restart the flux capacitor\nsummary: Ours.\nmessages: [flux capacitor exhausted]\nsqlstates: [53300]\n---\nText.\n"

  @Test func areSearchedBesideTheBuiltIn() throws {
    let files = [
      ("flux.md", Self.own), ("broken.md", "---\nkind: x\n---\n"), ("notes.txt", "no page"), (".hidden.md", "x"),
      (
        "deadlock.md",
        "---\nkind: playbook\ntitle: Deadlocks at our place\nsummary: Call Tom.\nsynonyms: [call tom]\n---\nAsk zephyr.\n"
      ),
      ("latin.md", "---\nkind: query\ntitle: T\nsummary: S\n---\n```sql read\n"),
    ]
    try inDirectory(files) { directory in
      let base = KnowledgeBase.load(userDirectory: directory)
      #expect(base.entries.count == KnowledgeBase.builtIn.entries.count + 2)
      #expect(
        base.problems.map(\.description) == [
          "\(directory)/broken.md:2: unknown kind \"x\"; known are pattern, playbook, checklist, convention, query, workflow",
          "\(directory)/latin.md:6: the block has no end: no line of ``` after it",
        ])
      #expect(base.search("flux capacitor").first?.id == "flux")
      #expect(base.entries(sqlstate: "53300", message: "flux capacitor exhausted").first?.id == "flux")
      #expect(base.entries(sqlstate: "53300").first?.id == "connection-exhaustion")
      // an own page with a built-in id extends it and hides nothing
      let deadlock = try #require(base.entry("deadlock"))
      #expect(deadlock.title == "Deadlock detected" && deadlock.origin == .builtIn)
      #expect(deadlock.additions.map(\.title) == ["Deadlocks at our place"])
      #expect(base.search("call tom").first?.id == "deadlock")
      #expect(base.search("zephyr").map(\.id) == ["deadlock"])
      let text = render(deadlock)
      #expect(text.contains("Deadlock detected") && text.contains("-- extends deadlock --"))
      #expect(text.contains("Call Tom.") && text.contains("\(directory)/deadlock.md"))
    }
  }

  @Test func aMissingDirectoryIsSaidWhereItWasNamed() {
    let base = KnowledgeBase.load(userDirectory: "/nonexistent/kb")
    #expect(base.problems.map(\.description) == ["/nonexistent/kb: No such file or directory"])
    #expect(base.entries.count == KnowledgeBase.builtIn.entries.count)
    let (entries, problems) = UserPages.pages(in: "/nonexistent/kb", mustExist: false)
    #expect(entries == [] && problems == [])
  }
}

@Suite struct Quoting {
  /// What quote_ident and quote_literal of 15.20 answer.
  @Test func namesAsTheServer() {
    let names = [
      ("hosts", "hosts"), ("_a1", "_a1"), ("Hosts", "\"Hosts\""), ("a b", "\"a b\""), ("a\"b", "\"a\"\"b\""),
      ("1a", "\"1a\""), ("user", "\"user\""),
      ("select", "\"select\""), ("interval", "\"interval\""), ("name", "name"), ("key", "key"), ("a$", "\"a$\""),
      ("ö", "\"ö\""), ("", "\"\""),
      ("left", "\"left\""), ("abort", "abort"), ("a.b", "\"a.b\""), ("a;--", "\"a;--\""),
    ]
    for (name, quoted) in names { #expect(SQLQuoting.identifier(name) == quoted) }
    let literals = [
      ("a", "'a'"), ("it's", "'it''s'"), ("a\\b", "E'a\\\\b'"), ("", "''"), ("'; DROP", "'''; DROP'"), ("ö\n", "'ö\n'"),
    ]
    for (value, quoted) in literals { #expect(SQLQuoting.literal(value) == quoted) }
  }

  @Test func namesAreReadAsSQLReadsThem() {
    #expect(QualifiedName(parsing: "Hosts") == QualifiedName("hosts"))
    #expect(QualifiedName(parsing: "\"Hosts\"") == QualifiedName("Hosts"))
    #expect(QualifiedName(parsing: " Billing . \"My \"\"T\" ") == QualifiedName(schema: "billing", "My \"T"))
    #expect(QualifiedName(parsing: "ÖL") == QualifiedName("Öl"))
    for text in ["", " ", "a b", "a.b.c", "a.", ".a", "\"a", "\"\"", "a;b", "1a", "a-b", "\"a\"b"] {
      #expect(QualifiedName(parsing: text) == nil, "\(text)")
    }
  }

  @Test func fragmentsCantLeaveTheirPlace() {
    for text in [
      "a = 1", "status IN ('a;b', '--', 'it''s')", "\"a;b\" > 1", "x ~ '^\\d+$'", "y = E'a\\'b; --'", "numeric(10,2)",
      "tags[1] = 'x'", "a - -1",
    ] {
      #expect(SQLFragment.fault(text) == nil, "\(text)")
    }
    for text in [
      "a; b", "a)", "(a", "a]", "([)]", "'a", "\"a", "a -- b", "a /* b", "$$a$$", "$x$a$x$", "a, b", "a\0b",
      "e'\\'; DROP TABLE t; --",
    ] {
      #expect(SQLFragment.fault(text) != nil, "\(text)")
    }
  }

  @Test func rubyHasNoInterpolation() {
    #expect(rubyString("a\"b\\c#{d}\n") == "\"a\\\"b\\\\c\\#{d}\\n\"")
  }
}

@Suite struct Rendering {
  @Test func wordsAreWrappedAndCodeIsNot() throws {
    let entry = try page(
      "sqlstates: [40P01]\nlinks: [deadlock]\n",
      body: """
        ## At once

        1. A rather long sentence with `some code` in it, **bold** words and a [link](deadlock.md), long enough to be wrapped.
           It goes on.

        ```sql read
        SELECT 'a line of SQL that is longer than the terminal is wide and stays as it is, for copying';
        ```
        """)
    #expect(
      render(entry, width: 60)
        == """
        T                                             playbook 40P01
        S.

        At once
          1. A rather long sentence with some code in it, bold words
             and a link (deadlock), long enough to be wrapped. It
             goes on.
          [read]
            SELECT 'a line of SQL that is longer than the terminal is wide and stays as it is, for copying';

        See also: deadlock

        """.replacingPath)
  }

  @Test func everyPageFitsTheWidth() {
    for entry in KnowledgeBase.builtIn.entries {
      let text = render(entry, width: 80)
      #expect(text.hasSuffix("\n") && !text.contains("\n\n\n"), "\(entry.id)")
      #expect(!text.contains("](") && !text.contains("`"), "\(entry.id): no Markdown is left over")
      for line in lines(of: text) where !line.hasPrefix("    ") {
        #expect(line.unicodeScalars.count <= 80, "\(entry.id): \(line)")
      }
      #expect(!text.utf8.contains(0x1b))
      #expect(render(entry, width: 80, colour: true).utf8.contains(0x1b))
    }
  }

  @Test func controlCharactersNeverGetThrough() throws {
    let entry = try page(
      body: "Evil \u{1b}]0;title\u{7} \u{9b}31m \u{202e}text\n\n```sql read\nSELECT '\u{1b}[2J';\n```")
    let text = render(entry, colour: false)
    #expect(
      text.unicodeScalars.allSatisfy {
        $0 == "\n" || ($0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) && $0.value != 0x202e)
      })
  }
}

extension String {
  /// The page of the test has a path as its third line.
  fileprivate var replacingPath: String {
    var rows = lines(of: self).map(String.init)
    rows.insert("p.md", at: 1)
    return rows.joined(separator: "\n") + "\n"
  }
}

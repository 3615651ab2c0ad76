import Testing

@testable import Knowledge

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder of the built-in pages, found from this file's place.
let pagesFolder: String = {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/") + "/Sources/CKnowledge/pages"
}()

@Suite struct BuiltInPages {
  let base = KnowledgeBase.builtIn

  @Test func theRegistryIsTheFolder() {
    let (files, problems) = UserPages.pages(in: pagesFolder, mustExist: true)
    #expect(problems == [])
    #expect(files.map(\.id).sorted() == base.entries.map(\.id).sorted())
    for file in files {
      #expect(base.entry(file.id)?.body == file.body, "\(file.id) is compiled in as it is in the folder")
      #expect(file.origin == .user(path: "\(pagesFolder)/\(file.id).md"), "a page's id is its file's name")
    }
  }

  @Test func noPageHasAFault() {
    #expect(base.problems == [])
    for entry in base.entries { #expect(entry.faults() == []) }
  }

  @Test func everyLinkLeadsToAPageAndBackLinksExist() {
    var linked: Set<String> = []
    for entry in base.entries {
      for link in entry.links {
        #expect(base.entry(link) != nil, "\(entry.id) links to \(link)")
        #expect(link != entry.id)
        linked.insert(link)
      }
      #expect(Set(entry.links).count == entry.links.count, "\(entry.id) links twice to one page")
      for target in inlineLinks(entry.body) {
        #expect(base.entry(target) != nil, "\(entry.id) mentions \(target)")
        linked.insert(target)
      }
    }
    for entry in base.entries { #expect(linked.contains(entry.id), "nothing leads to \(entry.id)") }
  }

  @Test func everySQLSTATEIsKnownToTheServer() {
    for entry in base.entries {
      for code in entry.sqlstates { #expect(Condition.name(of: code) != nil, "\(entry.id): \(code)") }
    }
  }

  @Test func everyPageCanBeSearchedFor() {
    for entry in base.entries {
      #expect(!entry.synonyms.isEmpty, "\(entry.id) has no synonyms")
      #expect(entry.summary.utf8.count <= 320, "\(entry.id): a summary fits four lines")
      #expect(!entry.title.hasSuffix("."))
    }
  }

  @Test func everySlotIsUsedAndEveryMessageSlotExists() {
    for entry in base.entries {
      let used = Set(entry.steps.flatMap(\.variables) + entry.steps.compactMap(\.name))
      for slot in entry.slots {
        let inDefaults = entry.slots.contains { $0.defaultText?.contains("<\(slot.name)>") == true }
        #expect(used.contains(slot.name) || inDefaults, "\(entry.id): slot \(slot.name) is used nowhere")
      }
      for name in entry.messages.flatMap(\.names) {
        #expect(entry.slot(named: name) != nil, "\(entry.id): a message names the slot \(name)")
      }
    }
  }

  @Test func playbooksSayWhatToDoNowOnTheFirstScreen() {
    for entry in base.entries where entry.kind == .playbook {
      #expect(entry.sections.first?.title == "At once", "\(entry.id)")
      let screen = lines(of: render(entry, width: 80)).prefix(24)
      let next = entry.sections.dropFirst().first?.title ?? ""
      #expect(screen.contains(Substring(next)), "\(entry.id): \"At once\" ends on the first screen")
      let titles = entry.sections.map(\.title)
      for title in ["What is happening", "Look", "Recover", "Don't", "Verify", "Prevent"] {
        #expect(titles.contains(title), "\(entry.id) has no section \"\(title)\"")
      }
      #expect(entry.steps.contains { $0.kind == .read && $0.section == "Look" }, "\(entry.id)")
      #expect(
        entry.steps.contains { $0.section == "Verify" && $0.expects != nil }, "\(entry.id): a check after the cure")
    }
  }

  @Test func templatesHaveAWayBackAndACheck() {
    for entry in base.entries where entry.isTemplate {
      let kinds = Set(entry.steps.map(\.kind))
      #expect(kinds.isSuperset(of: [.up, .down, .verify]) || entry.irreversible != nil, "\(entry.id)")
      for step in entry.steps where step.kind == .rails {
        #expect(step.name != nil, "\(entry.id): a migration needs a name")
      }
    }
  }

  @Test func linesOfPagesFitTheEditor() {
    for entry in base.entries {
      for (index, line) in lines(of: entry.body).enumerated() {
        #expect(line.unicodeScalars.count <= 132, "\(entry.id).md:\(entry.bodyLine + index)")
      }
    }
  }
}

/// Ids in `[text](id.md)`.
func inlineLinks(_ body: String) -> [String] {
  var ids: [String] = []
  let bytes = Array(body.utf8)
  var start = 0
  while let place = position(of: "](".utf8, in: bytes, from: start) {
    start = place + 2
    let id = bytes[start...].prefix { $0 != UInt8(ascii: ")") }
    #expect(string(id).hasSuffix(".md"))
    ids.append(String(string(id).dropLast(3)))
  }
  return ids
}

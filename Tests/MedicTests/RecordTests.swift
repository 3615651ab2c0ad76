import Testing

@testable import Medic

/// What earlier looks remember, and the text that they are kept in.
struct RecordTests {
  private func look(_ time: Int, _ bytes: Int, _ kind: Look.Kind = .relationBytes) -> Look {
    Look(time: time, numbers: [kind: [42: bytes]])
  }

  @Test func changesAreToldSinceTheLastAndTheFirstLook() {
    let looks = EarlierLooks([look(100_000, 10), look(0, 4), look(200_000, 40)])
    let last = looks.change(.relationBytes, 42, to: 50, at: 210_000)
    #expect(last == Change(from: 40, to: 50, seconds: 10_000))
    #expect(last?.perDay == 86.4)
    #expect(looks.longestChange(.relationBytes, 42, to: 50, at: 210_000) == Change(from: 4, to: 50, seconds: 210_000))
    #expect(looks.change(.relationBytes, 42, to: 50, at: 200_010) == Change(from: 10, to: 50, seconds: 100_010))
    #expect(looks.change(.relationBytes, 43, to: 50, at: 210_000) == nil)
    #expect(looks.change(.sequenceValue, 42, to: 50, at: 210_000) == nil)
    #expect(looks.change(.relationBytes, 42, to: 50, at: -1) == nil)
  }

  @Test func looksAreAnHourApartForEachKind() throws {
    var looks = try #require(EarlierLooks().adding(look(0, 1)))
    #expect(looks.adding(look(3599, 2)) == nil)
    looks = try #require(looks.adding(look(3599, 7, .sequenceValue)))
    looks = try #require(looks.adding(look(3600, 3)))
    #expect(looks.adding(Look(time: 90_000)) == nil)
    #expect(looks.looks.map { $0.time } == [0, 3599, 3600])
    // The clock was wrong for a while: what claims to be of the future doesn't stop the record.
    looks = try #require(looks.adding(look(1800, 4, .databaseBytes)))
    #expect(looks.looks.map { $0.time } == [0, 1800])
  }

  @Test func theRecordStaysBoundedAndKeepsItsFirstLook() throws {
    var looks = EarlierLooks()
    for hour in 0..<1000 {
      let look = Look(time: hour * 3600, numbers: [.relationBytes: [1: hour], .sequenceValue: [2: hour]])
      looks = try #require(looks.adding(look))
    }
    #expect(looks.looks.count <= EarlierLooks.mostLooks)
    #expect(looks.looks.count > EarlierLooks.mostLooks / 2)
    #expect(looks.looks.first?.time == 0)
    #expect(looks.looks.suffix(20).map { $0.time } == (980..<1000).map { $0 * 3600 })
    var many: [Int: Int] = [:]
    for id in 0..<5000 { many[id] = id }
    looks = try #require(looks.adding(Look(time: 1000 * 3600, numbers: [.relationBytes: many])))
    let kept = looks.looks.last?.numbers[.relationBytes] ?? [:]
    #expect(kept.count == EarlierLooks.mostObjects)
    #expect(kept.keys.min() == 5000 - EarlierLooks.mostObjects)
  }

  @Test func whatIsWrittenIsRead() throws {
    let looks = EarlierLooks([
      Look(time: 5, numbers: [.relationBytes: [1: 2, 3: -4], .sequenceValue: [9: Int.max]]),
      Look(time: 7, numbers: [.databaseBytes: [1: 0]]),
    ])
    #expect(try RecordText.read(RecordText.write(looks)) == looks)
    #expect(try RecordText.read("pgmedic-record 1\n") == EarlierLooks())
    // A kind of a later version is passed over.
    #expect(
      try RecordText.read("pgmedic-record 1\nlook 5\nmoons 1 2\nsequence_value 1 2\n").looks == [
        Look(time: 5, numbers: [.sequenceValue: [1: 2]])
      ])
  }

  @Test(arguments: [
    ("", 1), ("nothing of ours\n", 1), ("pgmedic-record x\n", 1), ("pgmedic-record 0\n", 1),
    ("pgmedic-record 1\nrelation_bytes 1 2\n", 2), ("pgmedic-record 1\nlook 5\nrelation_bytes 1\n", 3),
    ("pgmedic-record 1\nlook 5\nrelation_bytes 1 99999999999999999999\n", 3), ("pgmedic-record 1\nlook \u{1}\n", 2),
  ])
  func damageIsFoundAtItsLine(_ text: String, _ line: Int) {
    #expect(throws: RecordText.Unreadable.damaged(line: line)) { try RecordText.read(text) }
  }

  @Test func aNewerFormatIsCalledSo() {
    #expect(throws: RecordText.Unreadable.newer(2)) { try RecordText.read("pgmedic-record 2\nanything\n") }
  }
}

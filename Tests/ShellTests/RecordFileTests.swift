import Glibc
import Medic
import Testing

@testable import Shell

/// The files in which earlier looks are kept.
struct RecordFileTests {
  /// A directory of its own, removed at the end.
  private final class Place {
    let path: String

    init() throws {
      var template = Array("/tmp/pgmedic-record-XXXXXX".utf8CString)
      path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
      for file in ["state/pgmedic/1-2", "state/pgmedic/target"] { unlink("\(path)/\(file)") }
      for directory in ["state/pgmedic", "state", ""] { rmdir("\(path)/\(directory)") }
    }

    var directory: String { path + "/state/pgmedic" }
    var file: RecordFile? { RecordFile("1-2", in: directory) }

    func mode(_ name: String) -> mode_t {
      var status = stat()
      return lstat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }

    func put(_ text: String) { _ = writeFile(directory + "/1-2", text) }
  }

  private let look = Medic.Look(time: 100_000, numbers: [.relationBytes: [1: 2]])

  @Test func aLookIsKeptForItsOwnerOnly() throws {
    let place = try Place()
    let file = try #require(place.file)
    #expect(file.read().looks == EarlierLooks())
    #expect(file.read().remark == nil)
    #expect(file.add(look) == nil)
    #expect(file.read().looks == EarlierLooks([look]))
    #expect(place.mode("state/pgmedic") == 0o700)
    #expect(place.mode("state/pgmedic/1-2") == 0o600)
    let later = Medic.Look(time: 200_000, numbers: [.relationBytes: [1: 3]])
    #expect(file.add(later) == nil)
    #expect(file.read().looks == EarlierLooks([look, later]))
  }

  @Test func damageIsSaidAndReplaced() throws {
    let place = try Place()
    let file = try #require(place.file)
    #expect(file.add(look) == nil)
    place.put("pgmedic-record 1\nlook 5\ngarbage\n")
    let read = file.read()
    #expect(read.looks == EarlierLooks())
    #expect(read.remark == "the record of earlier looks \(place.directory)/1-2 is damaged in line 3 and begins anew")
    #expect(file.add(look) == nil)
    #expect(file.read().looks == EarlierLooks([look]))
  }

  @Test func aNewerFormatIsLeftAlone() throws {
    let place = try Place()
    let file = try #require(place.file)
    #expect(file.add(look) == nil)
    place.put("pgmedic-record 99\n")
    #expect(file.read().remark?.contains("newer pgmedic (format 99) and is left alone") == true)
    #expect(file.add(look) == nil)
    #expect(readFile(place.directory + "/1-2") == Array("pgmedic-record 99\n".utf8))
  }

  @Test func linksAndForeignPlacesAreNotFollowed() throws {
    let place = try Place()
    let file = try #require(place.file)
    #expect(file.add(look) == nil)
    unlink(place.directory + "/1-2")
    #expect(symlink(place.directory + "/target", place.directory + "/1-2") == 0)
    #expect(file.read().remark?.contains("can't be read") == true)
    #expect(file.add(look) == nil)
    #expect(readFile(place.directory + "/target") == nil)
    unlink(place.directory + "/1-2")
    chmod(place.directory, 0o777)
    #expect(file.add(look)?.contains("can be written by others") == true)
    #expect(readFile(place.directory + "/1-2") == nil)
    for name in ["", "../1", "1/2", "a"] { #expect(RecordFile(name, in: place.directory) == nil) }
  }
}

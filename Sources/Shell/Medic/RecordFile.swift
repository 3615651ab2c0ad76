import Glibc
import Medic
import Printing

/// The files of earlier looks: `$XDG_STATE_HOME/pgmedic/<system identifier>-<database oid>`.
///
/// Nothing in them is needed: whatever is wrong with one becomes a remark, never a failure.
struct RecordFile {
  private static let largest = 64 << 20

  private let directory: String
  private var path: String { directory + "/" + name }
  private let name: String

  /// Nil for a name that is none of ours, and where there is no home directory.
  init?(_ name: String, in directory: String? = RecordFile.directory) {
    guard let directory, !name.isEmpty,
      name.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self.name = name
    self.directory = directory
  }

  /// `$XDG_STATE_HOME/pgmedic`. A relative path in the variable is ignored (XDG Base Directory Specification).
  static var directory: String? {
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/pgmedic" }
    return homeDirectory().map { $0 + "/.local/state/pgmedic" }
  }

  /// What the file holds, and a remark when it can't be used.
  func read() -> (looks: EarlierLooks, remark: String?) {
    switch contents() {
    case .looks(let looks): (looks, nil)
    case .none: (EarlierLooks(), nil)
    case .unusable(let why, _): (EarlierLooks(), "the record of earlier looks \(path) \(why)")
    }
  }

  /// Adds a look; a remark when that failed.
  func add(_ look: Medic.Look) -> String? {
    var looks = EarlierLooks()
    switch contents() {
    case .looks(let found): looks = found
    case .none: break
    case .unusable(_, let isReplaceable): if !isReplaceable { return nil }
    }
    guard let record = looks.adding(look) else { return nil }
    if let why = write(RecordText.write(record)) { return "could not remember this look in \(path): \(why)" }
    return nil
  }

  private enum Contents {
    case none
    case looks(EarlierLooks)
    /// A damaged file is replaced by the next look; one that is somebody else's or of a newer version is left alone.
    case unusable(String, isReplaceable: Bool)
  }

  private func contents() -> Contents {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      return errno == ENOENT ? .none : .unusable("can't be read: \(errorText())", isReplaceable: false)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return .unusable("is no file", isReplaceable: false)
    }
    guard status.st_uid == geteuid() else {
      return .unusable("belongs to another user and was not read", isReplaceable: false)
    }
    guard status.st_size <= Self.largest, let bytes = readAll(descriptor) else {
      return .unusable("is too large or can't be read", isReplaceable: true)
    }
    do throws(RecordText.Unreadable) {
      return .looks(try RecordText.read(String(decoding: bytes, as: UTF8.self)))
    } catch {
      switch error {
      case .newer(let version):
        return .unusable("was written by a newer pgmedic (format \(version)) and is left alone", isReplaceable: false)
      case .damaged(let line): return .unusable("is damaged in line \(line) and begins anew", isReplaceable: true)
      }
    }
  }

  private func readAll(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= Self.largest {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
    return nil
  }

  /// Writes the whole file beside the old one and puts it in its place; why not, when that failed.
  private func write(_ text: String) -> String? {
    if let why = makeDirectory() { return why }
    let temporary = "\(path).\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errorText() }
    let sink = ByteSink(fileDescriptor: descriptor)
    sink.append(text)
    sink.flush()
    let isWritten = sink.error == 0 && fsync(descriptor) == 0
    let why = sink.error == 0 ? errorText() : String(cString: strerror(sink.error))
    close(descriptor)
    guard isWritten else {
      unlink(temporary)
      return why
    }
    guard rename(temporary, path) == 0 else {
      let why = errorText()
      unlink(temporary)
      return why
    }
    return nil
  }

  /// Makes the directory with its parents, for nobody but its owner; why not, when it can't be had or is unsafe.
  private func makeDirectory() -> String? {
    var made = ""
    for part in directory.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o700) != 0, errno != EEXIST { return errorText() }
    }
    var status = stat()
    guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return "\(directory) is no directory"
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      return "\(directory) belongs to somebody else or can be written by others"
    }
    return nil
  }
}

extension Session {
  /// Where an examination finds earlier looks. A sandbox is new each time, though its identifier isn't: it has none,
  /// unless `--state` asks for it.
  var records: RecordKeeping {
    if sandbox != nil, !documents.keepsState { return .none }
    return RecordKeeping { name in RecordFile(name)?.read() ?? (EarlierLooks(), nil) }
  }

  /// Remembers what an examination has seen: at the terminal, or with `--state`.
  func remember(_ report: Report) {
    guard let noted = report.noted, documents.keepsState || (isInteractiveSession && hasTerminal && sandbox == nil)
    else { return }
    if let remark = RecordFile(noted.record)?.add(noted.look) { reporter.report(.warning, remark) }
  }
}

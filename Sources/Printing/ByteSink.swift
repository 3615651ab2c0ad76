#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

/// Where formats write their bytes: a buffer that is passed on in large pieces.
///
/// After the first failure the sink goes quiet: what is written is dropped, and `error` tells why. Nothing is passed on
/// at the end of its life: whoever prints calls `flush()`.
public final class ByteSink {
  /// How many bytes are gathered before they are passed on.
  static let capacity = 1 << 16

  /// The state lies behind a pointer, since class properties are checked for exclusive access at every use.
  private struct State {
    var base: UnsafeMutablePointer<UInt8>
    var count = 0
    var capacity: Int
    var error: Int32 = 0
  }

  private let state: UnsafeMutablePointer<State>
  /// Takes a piece and tells whether it could be written (if not, `errno` says why); nil keeps all in memory.
  private let pass: ((UnsafeRawBufferPointer) -> Bool)?

  /// Set from outside, by a signal handler for example: rows are no longer printed when it isn't zero.
  public var interruption: UnsafePointer<sig_atomic_t>?

  private init(keeping pass: ((UnsafeRawBufferPointer) -> Bool)?) {
    self.pass = pass
    state = .allocate(capacity: 1)
    let capacity = pass == nil ? 1 << 8 : Self.capacity
    state.initialize(to: State(base: .allocate(capacity: capacity), capacity: capacity))
  }

  /// A sink in memory: see `bytes`.
  public convenience init() { self.init(keeping: nil) }

  /// A sink that hands its pieces to `pass`, which returns false (with `errno` set) when it can't take any more.
  public convenience init(_ pass: @escaping (UnsafeRawBufferPointer) -> Bool) { self.init(keeping: pass) }

  /// A sink that writes to a file descriptor, which stays the caller's.
  public convenience init(fileDescriptor: Int32) {
    self.init(keeping: { writeAll($0, to: fileDescriptor) })
  }

  deinit {
    state.pointee.base.deallocate()
    state.deallocate()
  }

  /// The errno of the first failure, 0 while all is well.
  public var error: Int32 { state.pointee.error }

  /// Whether rows are still wanted: false after a failure or an interruption.
  public var wantsMore: Bool { state.pointee.error == 0 && !isInterrupted }

  /// Whether someone asked to stop printing.
  public var isInterrupted: Bool { (interruption?.pointee ?? 0) != 0 }

  /// What has been written and not yet passed on; for a sink in memory, all of it.
  public var bytes: [UInt8] { Array(buffer) }

  /// The same in place: until more is written.
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: state.pointee.base, count: state.pointee.count) }

  /// Passes on what is buffered.
  /// - Returns: false if that, or anything before, failed.
  @discardableResult
  public func flush() -> Bool {
    guard let pass else { return true }
    let count = state.pointee.count
    state.pointee.count = 0
    if count > 0 && state.pointee.error == 0 {
      errno = 0
      if !pass(UnsafeRawBufferPointer(start: state.pointee.base, count: count)) {
        state.pointee.error = errno == 0 ? EIO : errno
      }
    }
    return state.pointee.error == 0
  }

  /// Forgets what is buffered: to use a sink in memory again.
  public func removeAll() { state.pointee.count = 0 }

  // MARK: Writing

  /// Room for `count` bytes, to be written directly and then confirmed by `commit`.
  @inline(__always)
  func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if state.pointee.capacity - state.pointee.count < count { makeRoom(for: count) }
    return state.pointee.base + state.pointee.count
  }

  /// Confirms that the bytes up to `end` have been written after `reserve`.
  @inline(__always)
  func commit(upTo end: UnsafeMutablePointer<UInt8>) { state.pointee.count = end - state.pointee.base }

  @inline(never)
  private func makeRoom(for count: Int) {
    if pass != nil { flush() }
    guard state.pointee.capacity - state.pointee.count < count else { return }
    let capacity = max(state.pointee.count + count, state.pointee.capacity * 2)
    let base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    base.update(from: state.pointee.base, count: state.pointee.count)
    state.pointee.base.deallocate()
    state.pointee.base = base
    state.pointee.capacity = capacity
  }

  public func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    let place = reserve(bytes.count)
    memcpy(place, source, bytes.count)
    commit(upTo: place + bytes.count)
  }

  public func append(_ byte: UInt8) {
    let place = reserve(1)
    place.pointee = byte
    commit(upTo: place + 1)
  }

  public func append(_ byte: UInt8, count: Int) {
    guard count > 0 else { return }
    let place = reserve(count)
    memset(place, Int32(byte), count)
    commit(upTo: place + count)
  }

  public func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  public func append(_ text: ByteString) { append(text.bytes) }

  public func append(_ text: StaticString) {
    if text.hasPointerRepresentation {
      append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    } else {
      text.withUTF8Buffer { append($0) }
    }
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  public func append(decimal number: Int) { append(String(number)) }
}

/// Writes a piece whole: after a signal and to a descriptor that doesn't block, too.
private func writeAll(_ piece: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
  var rest = piece
  while !rest.isEmpty {
    let written = write(descriptor, rest.baseAddress, rest.count)
    if written >= 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    } else if errno == EAGAIN || errno == EWOULDBLOCK {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    } else if errno != EINTR {
      return false
    }
  }
  return true
}

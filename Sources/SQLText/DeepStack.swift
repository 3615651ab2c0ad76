#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs `body` on a thread of its own whose stack is `size` bytes, and waits for it.
///
/// For C code that recurses as deeply as its input nests. Pages of the stack that aren't touched cost nothing.
///
/// - Returns: nil if there is no room for the stack.
func withStack<T>(of size: Int, _ body: () -> T) -> T? {
  var result: T?
  return withoutActuallyEscaping({ result = body() }) { work -> T? in
    let box = Work(work)
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, size) == 0 else { return nil }
    #if canImport(Glibc)
      var thread = pthread_t()
      let status = pthread_create(&thread, &attributes, { Work.run($0) }, Unmanaged.passUnretained(box).toOpaque())
      guard status == 0 else { return nil }
    #else
      var created: pthread_t?
      let status = pthread_create(&created, &attributes, { Work.run($0) }, Unmanaged.passUnretained(box).toOpaque())
      guard status == 0, let thread = created else { return nil }
    #endif
    pthread_join(thread, nil)
    box.work = nil
    return result
  }
}

private final class Work {
  var work: (() -> Void)?

  init(_ work: @escaping () -> Void) {
    self.work = work
  }

  static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().work?()
    return nil
  }
}

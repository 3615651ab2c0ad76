#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small file system of memory that a running server can use, made without any rights.
///
/// A helper of the server's user mounts it in a user and mount namespace of its own. The server reaches it through
/// `/proc/PID/root`, which the owner of a user namespace may follow. It is gone when the helper ends: with this value,
/// with the server, whatever comes first.
final class Volume {
  /// The directory in it that belongs to the server's user.
  let path: String
  private let helper: pid_t

  /// Throws `.cannotMake` where the system lets no ordinary user mount anything.
  init(megabytes: Int, on cluster: borrowing Cluster) throws(SandboxError) {
    let place = cluster.socketDirectory + "/volume"
    let made = try cluster.shell(Self.script, [place, "\(megabytes)m", cluster.dataDirectory + "/postmaster.pid"])
    let lines = made.output.split(whereSeparator: \.isNewline).map(String.init)
    guard made.code == 0, let helper = lines.first.flatMap({ pid_t($0) }) else {
      throw .cannotMake(
        path: place,
        reason: "a volume needs Linux and a system that lets users make namespaces"
          + (lines.last.map { " (\($0))" } ?? ""))
    }
    self.helper = helper
    path = "/proc/\(helper)/root\(place)/space"
  }

  deinit { kill(helper, SIGKILL) }

  private static let script = """
    place=$1
    mkdir -p -m 0700 "$place" && rm -f "$place.ready" || exit 1
    unshare -Urm sh -c '
      mount -t tmpfs -o "size=$2,mode=0700" tmpfs "$1" && mkdir -m 0700 "$1/space" && : > "$1.ready" || exit 1
      while [ -e "$3" ]; do sleep 0.5; done
    ' sh "$place" "$2" "$3" < /dev/null > "$place.log" 2>&1 &
    turn=0
    while [ $turn -lt 200 ]; do
      if [ -e "$place.ready" ]; then echo $!; exit 0; fi
      kill -0 $! 2> /dev/null || break
      turn=$((turn + 1)); sleep 0.02
    done
    cat "$place.log"
    exit 1
    """
}

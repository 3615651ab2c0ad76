/// The command line cannot be obeyed: what to print on standard error, and how to end.
public struct CommandLineError: Error, Equatable {
  /// Those before the faulty option. psql applies each as it reads it, so an error in one of them comes first.
  public var settings: [ParsedOptions.Setting]
  public var messages: [Message]
  /// psql's for every fault of the command line.
  public var exitCode: Int32 = 1

  public init(_ messages: Message..., settings: [ParsedOptions.Setting] = []) {
    self.messages = messages
    self.settings = settings
  }

  /// A line for standard error.
  public enum Message: Sendable, Equatable {
    /// getopt's own: carries the program's name as it was called.
    case plain(String)
    case error(String)
    case warning(String)
    case hint(String)

    public static func extraArgument(_ argument: [UInt8]) -> Message {
      .warning("extra command-line argument \"\(String(decoding: argument, as: UTF8.self))\" ignored")
    }

    /// The line as psql prints it when it doesn't colour.
    public func text(program: String) -> String {
      switch self {
      case .plain(let text): text
      case .error(let text): "\(program): error: \(text)"
      case .warning(let text): "\(program): warning: \(text)"
      case .hint(let text): "\(program): hint: \(text)"
      }
    }
  }
}

import CShims
import Glibc
import Shell

let arguments = (0..<Int(CommandLine.argc)).map { index -> [UInt8] in
  guard let word = CommandLine.unsafeArgv[index] else { return [] }
  return UnsafeBufferPointer(start: word, count: strlen(word)).map { UInt8(bitPattern: $0) }
}
exit(runShell(arguments))

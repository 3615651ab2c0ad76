/// What `--generate` prints, and what is checked in.
public enum GeneratedDocument: String, Sendable, CaseIterable {
  case man, bash, zsh, fish, readme
}

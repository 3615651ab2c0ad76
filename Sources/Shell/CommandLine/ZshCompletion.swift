/// Completion for zsh, by `_arguments`.
struct ZshCompletion {
  var options: [CommandLineOption]

  var text: String {
    Self.opening
      + options.flatMap(specifications).map { "    \($0) \\\n" }.joined()
        + """
            '1:database:_pgmedic_databases' \\
            '2:role:_pgmedic_roles'
        }

        _pgmedic "$@"

        """
  }

  private static let opening = #"""
    #compdef pgmedic
    # Printed by: pgmedic --generate zsh

    # The names that a query gives, over the connection that the options typed so far describe.
    _pgmedic_names() {
      local -a to names
      local option
      to=(-XAtqw -d postgres)
      for option in h:host p:port U:username; do
        local value=${opt_args[-${option%%:*}]:-${opt_args[--${option#*:}]}}
        # A role that is being typed is none to connect as.
        [[ -z $value || $1$option == roleU:* ]] || to+=("-${option%%:*}" "$value")
      done
      names=(${(f)"$(PGCONNECT_TIMEOUT=2 pgmedic $to -c "$2" 2>/dev/null </dev/null)"})
      _wanted names expl "$1" compadd -a names
    }

    _pgmedic_databases() {
      _pgmedic_names database "\#(CompletionQuery.databases)"
    }

    _pgmedic_roles() {
      _pgmedic_names role "\#(CompletionQuery.roles)"
    }

    _pgmedic_variables() {
      compadd -S = - \#(names(under: "psql variables:"))
    }

    _pgmedic_settings() {
      compadd -S = - \#(names(under: "Display settings:"))
    }

    _pgmedic() {
      _arguments -s -S \

    """#

  /// One for each spelling; using one rules out the others unless the option may be repeated.
  private func specifications(_ option: CommandLineOption) -> [String] {
    let exclusion = option.repeats ? "*" : "(" + option.typedNames.joined(separator: " ") + ")"
    return option.typedNames.compactMap { name in
      let isShort = !name.hasPrefix("--")
      let argument = option.argument.placeholder.map { ":\(escaped($0)):\(action(option.completion))" } ?? ""
      let form: String
      switch option.argument {
      case .none: form = name
      case .required: form = name + (isShort ? "+" : "=")
      // A short one never has its optional argument: `-?`.
      case .optional: form = isShort ? name : name + "=-"
      }
      let tail =
        switch option.argument {
        case .optional: isShort ? "" : ":" + argument
        default: argument
        }
      return quoted("\(exclusion)\(form)[\(escaped(option.summary))]\(tail)")
    }
  }

  private func action(_ completion: CommandLineOption.Completion) -> String {
    switch completion {
    case .nothing: " "
    case .file: "_files"
    case .directory: "_files -/"
    case .host: "_hosts"
    case .database: "_pgmedic_databases"
    case .role: "_pgmedic_roles"
    case .variable: "_pgmedic_variables"
    case .printSetting: "_pgmedic_settings"
    case .choices(let words): "(\(words.joined(separator: " ")))"
    }
  }

  private static func names(under heading: String) -> String {
    VariablesPage.names(under: heading).joined(separator: " ")
  }

  /// Inside a specification brackets and colons have a meaning.
  private func escaped(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : "\($0)" }.joined() + "'"
  }
}

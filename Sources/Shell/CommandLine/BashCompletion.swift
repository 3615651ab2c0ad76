/// Completion for bash. Names come from the server as data: nothing of them is expanded or run.
struct BashCompletion {
  var options: [CommandLineOption]

  var text: String {
    Self.functions + options.compactMap(argumentCase).joined() + """
        esac
        case $cur in
          -*) _pgmedic_offer \(options.flatMap(\.typedNames).map { $0 == "-?" ? "'-?'" : $0 }.joined(separator: " ")) ;;
          *) _pgmedic_offer_from "\(CompletionQuery.databases)" ;;
        esac
      }

      complete -F _pgmedic pgmedic

      """
  }

  private static let functions = #"""
    # Printed by: pgmedic --generate bash

    # Those of the words that begin with what has been typed.
    _pgmedic_offer() {
      local word
      for word; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
      done
    }

    # The same for the names that a query gives, over the connection that the options typed so far describe.
    _pgmedic_offer_from() {
      local i name value
      local -a to=(-XAtqw -d postgres)
      for ((i = 1; i + 1 < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
          -h | -p | -U | --host | --port | --username)
            value=${COMP_WORDS[i + 1]}
            [[ $value == = ]] && value=${COMP_WORDS[i + 2]}
            to+=("${COMP_WORDS[i]}" "$value")
            ;;
        esac
      done
      while IFS= read -r name; do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$(printf %q "$name")")
      done < <(PGCONNECT_TIMEOUT=2 pgmedic "${to[@]}" -c "$1" 2>/dev/null </dev/null)
    }

    _pgmedic() {
      local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
      COMPREPLY=()
      # bash splits --name=value into three words.
      if [[ $cur == = ]]; then
        cur='' prev="$prev="
      elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}=
      fi
      case $prev in

    """#

  /// What is offered after an option that takes an argument. An optional one is only taken after an equals sign.
  private func argumentCase(_ option: CommandLineOption) -> String? {
    let attached = option.longNames.map { "--\($0)=" }
    let patterns: [String]
    switch option.argument {
    case .none: return nil
    case .required: patterns = option.typedNames + attached
    case .optional: patterns = attached
    }
    return """
          \(patterns.joined(separator: " | ")))
            \(action(option.completion))
            return
            ;;

      """
  }

  private func action(_ completion: CommandLineOption.Completion) -> String {
    switch completion {
    case .nothing: ":"
    case .file: "compopt -o default 2>/dev/null"
    case .directory: "compopt -o dirnames 2>/dev/null"
    case .host: "mapfile -t COMPREPLY < <(compgen -A hostname -- \"$cur\")"
    case .database: "_pgmedic_offer_from \"\(CompletionQuery.databases)\""
    case .role: "_pgmedic_offer_from \"\(CompletionQuery.roles)\""
    case .variable: assignments(under: "psql variables:")
    case .printSetting: assignments(under: "Display settings:")
    case .choices(let words): "_pgmedic_offer \(words.joined(separator: " "))"
    }
  }

  private func assignments(under heading: String) -> String {
    let words = VariablesPage.names(under: heading).map { "\($0)=" }
    return "compopt -o nospace 2>/dev/null\n      _pgmedic_offer \(words.joined(separator: " "))"
  }
}

/// What the shells ask the server for, so that names can be offered.
enum CompletionQuery {
  static let databases = "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1"
  static let roles = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolcanlogin ORDER BY 1"
}

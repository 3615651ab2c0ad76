/// Completion for fish: one line for each option.
struct FishCompletion {
  var options: [CommandLineOption]

  var text: String {
    """
    # Printed by: pgmedic --generate fish

    # The names that a query gives, over the connection that the options typed so far describe.
    function __pgmedic_names
        set -l words (commandline -opc)
        set -l to -XAtqw -d postgres
        for i in (seq 2 (count $words))
            if contains -- $words[$i] -h -p -U --host --port --username; and set -q words[(math $i + 1)]
                set -a to $words[$i] $words[(math $i + 1)]
            else if string match -qr -- '^--(host|port|username)=' $words[$i]
                set -a to $words[$i]
            end
        end
        env PGCONNECT_TIMEOUT=2 pgmedic $to -c $argv[1] 2>/dev/null </dev/null
    end

    complete -c pgmedic -f -a '(__pgmedic_names "\(CompletionQuery.databases)")'

    """ + options.map(line).joined()
  }

  private func line(_ option: CommandLineOption) -> String {
    var words = ["complete -c pgmedic"]
    if let short = option.short { words.append("-s \(quoted("\(short)"))") }
    words += option.longNames.map { "-l \($0)" }
    // An optional argument is only taken after an equals sign, which fish can't be told with -r.
    if case .required = option.argument { words.append(option.completion == .file ? "-r -F" : "-x") }
    if let values = values(option.completion) { words.append("-a \(quoted(values))") }
    words.append("-d \(quoted(option.summary))")
    return words.joined(separator: " ") + "\n"
  }

  private func values(_ completion: CommandLineOption.Completion) -> String? {
    switch completion {
    case .nothing, .file: nil
    case .directory: "(__fish_complete_directories (commandline -ct))"
    case .host: "(__fish_print_hostnames)"
    case .database: "(__pgmedic_names \"\(CompletionQuery.databases)\")"
    case .role: "(__pgmedic_names \"\(CompletionQuery.roles)\")"
    case .variable: VariablesPage.names(under: "psql variables:").map { "\($0)=" }.joined(separator: " ")
    case .printSetting: VariablesPage.names(under: "Display settings:").map { "\($0)=" }.joined(separator: " ")
    case .choices(let words): words.joined(separator: " ")
    }
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { "'\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "'"
  }
}

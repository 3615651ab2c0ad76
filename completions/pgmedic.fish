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

complete -c pgmedic -f -a '(__pgmedic_names "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1")'
complete -c pgmedic -s 'c' -l command -x -d 'run only single command (SQL or internal) and exit'
complete -c pgmedic -s 'd' -l dbname -x -a '(__pgmedic_names "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1")' -d 'database name to connect to'
complete -c pgmedic -s 'f' -l file -r -F -d 'execute commands from file, then exit'
complete -c pgmedic -s 'l' -l list -d 'list available databases, then exit'
complete -c pgmedic -s 'v' -l set -l variable -x -a 'AUTOCOMMIT= COMP_KEYWORD_CASE= DBNAME= ECHO= ECHO_HIDDEN= ENCODING= ERROR= FETCH_COUNT= HIDE_TABLEAM= HIDE_TOAST_COMPRESSION= HISTCONTROL= HISTFILE= HISTSIZE= HOST= IGNOREEOF= LASTOID= LAST_ERROR_MESSAGE= LAST_ERROR_SQLSTATE= ON_ERROR_ROLLBACK= ON_ERROR_STOP= PORT= PROMPT1= PROMPT2= PROMPT3= QUIET= ROW_COUNT= SERVER_VERSION_NAME= SERVER_VERSION_NUM= SHOW_ALL_RESULTS= SHOW_CONTEXT= SINGLELINE= SINGLESTEP= SQLSTATE= USER= VERBOSITY= VERSION= VERSION_NAME= VERSION_NUM=' -d 'set psql variable NAME to VALUE'
complete -c pgmedic -s 'V' -l version -d 'output version information, then exit'
complete -c pgmedic -s 'X' -l no-psqlrc -d 'do not read startup file (~/.psqlrc)'
complete -c pgmedic -s '1' -l single-transaction -d 'execute as a single transaction (if non-interactive)'
complete -c pgmedic -s '?' -l help -a 'options commands variables medic' -d 'show this help, then exit'
complete -c pgmedic -s 'a' -l echo-all -d 'echo all input from script'
complete -c pgmedic -s 'b' -l echo-errors -d 'echo failed commands'
complete -c pgmedic -s 'e' -l echo-queries -d 'echo commands sent to server'
complete -c pgmedic -s 'E' -l echo-hidden -d 'display queries that internal commands generate'
complete -c pgmedic -s 'L' -l log-file -r -F -d 'send session log to file'
complete -c pgmedic -s 'n' -l no-readline -d 'disable enhanced command line editing (readline)'
complete -c pgmedic -s 'o' -l output -r -F -d 'send query results to file (or |pipe)'
complete -c pgmedic -s 'q' -l quiet -d 'run quietly (no messages, only query output)'
complete -c pgmedic -s 's' -l single-step -d 'single-step mode (confirm each query)'
complete -c pgmedic -s 'S' -l single-line -d 'single-line mode (end of line terminates SQL command)'
complete -c pgmedic -s 'A' -l no-align -d 'unaligned table output mode'
complete -c pgmedic -l csv -d 'CSV (Comma-Separated Values) table output mode'
complete -c pgmedic -s 'F' -l field-separator -x -d 'field separator for unaligned output'
complete -c pgmedic -s 'H' -l html -d 'HTML table output mode'
complete -c pgmedic -s 'P' -l pset -x -a 'border= columns= csv_fieldsep= expanded= fieldsep= fieldsep_zero= footer= format= linestyle= null= numericlocale= pager= recordsep= recordsep_zero= tableattr= title= tuples_only= unicode_border_linestyle= unicode_column_linestyle= unicode_header_linestyle=' -d 'set printing option VAR to ARG (see \\pset command)'
complete -c pgmedic -s 'R' -l record-separator -x -d 'record separator for unaligned output'
complete -c pgmedic -s 't' -l tuples-only -d 'print rows only'
complete -c pgmedic -s 'T' -l table-attr -x -d 'set HTML table tag attributes (e.g., width, border)'
complete -c pgmedic -s 'x' -l expanded -d 'turn on expanded table output'
complete -c pgmedic -s 'z' -l field-separator-zero -d 'set field separator for unaligned output to zero byte'
complete -c pgmedic -s '0' -l record-separator-zero -d 'set record separator for unaligned output to zero byte'
complete -c pgmedic -s 'h' -l host -x -a '(__fish_print_hostnames)' -d 'database server host or socket directory'
complete -c pgmedic -s 'p' -l port -x -d 'database server port'
complete -c pgmedic -s 'U' -l username -x -a '(__pgmedic_names "SELECT rolname FROM pg_catalog.pg_roles WHERE rolcanlogin ORDER BY 1")' -d 'database user name'
complete -c pgmedic -s 'w' -l no-password -d 'never prompt for password'
complete -c pgmedic -s 'W' -l password -d 'force password prompt (should happen automatically)'
complete -c pgmedic -l sandbox -a '(__fish_complete_directories (commandline -ct))' -d 'start a throwaway server with a demo database'
complete -c pgmedic -l offline -d 'start without a server: knowledge base and templates only'
complete -c pgmedic -l read-only -d 'refuse to write: every transaction is read only'
complete -c pgmedic -l format -x -a 'json jsonl csv markdown junit sarif github' -d 'format of reports of findings'
complete -c pgmedic -l report -r -F -d 'write findings to file too (as --format says, or json)'
complete -c pgmedic -l fail-on -x -a 'none info warning error' -d 'exit with status 4 on findings at least this severe'
complete -c pgmedic -l fail-on-unassessed -d 'exit with status 4 if anything could not be examined'
complete -c pgmedic -l state -d 'remember sizes for growth figures in scripts, too'
complete -c pgmedic -l generate -x -a 'man bash zsh fish readme' -d 'print this document, then exit'

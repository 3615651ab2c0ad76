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
    -c | --command | --command=)
      :
      return
      ;;
    -d | --dbname | --dbname=)
      _pgmedic_offer_from "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1"
      return
      ;;
    -f | --file | --file=)
      compopt -o default 2>/dev/null
      return
      ;;
    -v | --set | --variable | --set= | --variable=)
      compopt -o nospace 2>/dev/null
      _pgmedic_offer AUTOCOMMIT= COMP_KEYWORD_CASE= DBNAME= ECHO= ECHO_HIDDEN= ENCODING= ERROR= FETCH_COUNT= HIDE_TABLEAM= HIDE_TOAST_COMPRESSION= HISTCONTROL= HISTFILE= HISTSIZE= HOST= IGNOREEOF= LASTOID= LAST_ERROR_MESSAGE= LAST_ERROR_SQLSTATE= ON_ERROR_ROLLBACK= ON_ERROR_STOP= PORT= PROMPT1= PROMPT2= PROMPT3= QUIET= ROW_COUNT= SERVER_VERSION_NAME= SERVER_VERSION_NUM= SHOW_ALL_RESULTS= SHOW_CONTEXT= SINGLELINE= SINGLESTEP= SQLSTATE= USER= VERBOSITY= VERSION= VERSION_NAME= VERSION_NUM=
      return
      ;;
    --help=)
      _pgmedic_offer options commands variables medic
      return
      ;;
    -L | --log-file | --log-file=)
      compopt -o default 2>/dev/null
      return
      ;;
    -o | --output | --output=)
      compopt -o default 2>/dev/null
      return
      ;;
    -F | --field-separator | --field-separator=)
      :
      return
      ;;
    -P | --pset | --pset=)
      compopt -o nospace 2>/dev/null
      _pgmedic_offer border= columns= csv_fieldsep= expanded= fieldsep= fieldsep_zero= footer= format= linestyle= null= numericlocale= pager= recordsep= recordsep_zero= tableattr= title= tuples_only= unicode_border_linestyle= unicode_column_linestyle= unicode_header_linestyle=
      return
      ;;
    -R | --record-separator | --record-separator=)
      :
      return
      ;;
    -T | --table-attr | --table-attr=)
      :
      return
      ;;
    -h | --host | --host=)
      mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
      return
      ;;
    -p | --port | --port=)
      :
      return
      ;;
    -U | --username | --username=)
      _pgmedic_offer_from "SELECT rolname FROM pg_catalog.pg_roles WHERE rolcanlogin ORDER BY 1"
      return
      ;;
    --sandbox=)
      compopt -o dirnames 2>/dev/null
      return
      ;;
    --format | --format=)
      _pgmedic_offer json jsonl csv markdown junit sarif github
      return
      ;;
    --report | --report=)
      compopt -o default 2>/dev/null
      return
      ;;
    --fail-on | --fail-on=)
      _pgmedic_offer none info warning error
      return
      ;;
    --generate | --generate=)
      _pgmedic_offer man bash zsh fish readme
      return
      ;;
  esac
  case $cur in
    -*) _pgmedic_offer -c --command -d --dbname -f --file -l --list -v --set --variable -V --version -X --no-psqlrc -1 --single-transaction '-?' --help -a --echo-all -b --echo-errors -e --echo-queries -E --echo-hidden -L --log-file -n --no-readline -o --output -q --quiet -s --single-step -S --single-line -A --no-align --csv -F --field-separator -H --html -P --pset -R --record-separator -t --tuples-only -T --table-attr -x --expanded -z --field-separator-zero -0 --record-separator-zero -h --host -p --port -U --username -w --no-password -W --password --sandbox --offline --read-only --format --report --fail-on --fail-on-unassessed --state --generate ;;
    *) _pgmedic_offer_from "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1" ;;
  esac
}

complete -F _pgmedic pgmedic

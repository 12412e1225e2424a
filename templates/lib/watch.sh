# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# What became of the roles: reads the ends that the shims wrote, finds the first failure, and makes the one verdict. Part of roles.sh.
#
# The exit code of srun is no evidence: with --kill-on-bad-exit it is 143 whatever the failing code was, and without it the
# highest of all. It is asked only about processes that left no word.

declare -A sluice_end_code sluice_end_host sluice_end_stopped sluice_end_oom sluice_end_ms sluice_end_reason sluice_end_seen
sluice_warnings=()
# How the reason of an end begins that nobody told.
sluice_no_word='left no word of its end'

# Waits until the task is over: a failure that ends it, all deciding processes done, or the job itself being ended.
sluice_watch_roles() {
  local pause=0.1
  until sluice_is_over; do
    sleep "$pause"
    # Short tasks end fast; long ones are not looked at ten times a second for days.
    if [ "$SECONDS" -gt $((sluice_deadline + 60)) ]; then pause=0.5; fi
  done
}

sluice_is_over() {
  if [ -n "${sluice_signal-}" ]; then return 0; fi
  sluice_collect_ends
  sluice_note_vanished
  sluice_find_failure
  if [ -n "$sluice_failed" ] && [ "$sluice_abort_on_fail" = yes ]; then return 0; fi
  # Without its service nobody can decide any more: most programs would wait for it until the time limit.
  if [ -n "$sluice_failed_service" ]; then return 0; fi
  sluice_all_decided
}

# Takes in the files in end/.
sluice_collect_ends() {
  local path process
  sluice_refresh end
  for path in "$sluice_state"/end/*; do
    process=${path##*/}
    if [ -n "${sluice_end_code[$process]-}" ] || [ "$process" = '*' ]; then continue; fi
    sluice_read_end "$process" <"$path"
    sluice_end_seen[$process]=$SECONDS
  done
}

# Reads an end file from its standard input: ROLE.RANK
sluice_read_end() {
  local code host stopped oom ended reason
  read -r code host stopped oom _ ended
  IFS= read -r -d '' reason
  sluice_end_code[$1]=$code sluice_end_host[$1]=$host sluice_end_stopped[$1]=$stopped
  sluice_end_oom[$1]=$oom sluice_end_ms[$1]=$ended sluice_end_reason[$1]=${reason%$'\n'}
}

# A launcher that is gone while a process of it left no end: node lost, or shim killed. The file may be late on a shared
# file system, so a few seconds pass first.
sluice_note_vanished() {
  local client
  for client in "${!sluice_client_pid[@]}"; do
    sluice_client_gone "$client" || continue
    if [ "$SECONDS" -lt $((sluice_client_gone_at[$client] + 3)) ]; then continue; fi
    # shellcheck disable=SC2086  # names without blanks
    sluice_note_silent "$client" ${sluice_client_processes[$client]}
  done
}

# Takes the processes of a client for ended that have left no word: CLIENT PROCESS...
sluice_note_silent() {
  local process host words log code=${sluice_client_code[$1]} killed
  for process in "${@:2}"; do
    if [ -n "${sluice_end_code[$process]-}" ]; then continue; fi
    log=$(sluice_launch_log "$1") killed=1 host=''
    # Slurm's own watch on memory ends a whole step with its shims, where no cgroup does; many words follow these.
    if ! words=$(tail -n 20 -- "$log" | grep -a -m 1 'exceeded memory limit'); then
      words=$(sluice_tail "$log" 3) killed=0
    fi
    if [ -f "$sluice_state/up/$process" ]; then read -r host _ <"$sluice_state/up/$process"; fi
    sluice_end_code[$process]=$((code == 0 ? 1 : code))
    sluice_end_host[$process]=$host
    sluice_end_stopped[$process]=0 sluice_end_oom[$process]=$killed sluice_end_seen[$process]=$SECONDS
    sluice_end_ms[$process]=$(sluice_now)
    sluice_end_reason[$process]="$sluice_no_word; its launcher ended with $code: $words"
  done
}

# Where a node is lost the others fail within moments, and Slurm calls it lost some minutes later (SlurmdTimeout). What they say is no evidence
# then, and its word is waited for: it ends this job, or starts it again. Such a node is one that has left no word of a process that was up,
# when all were asked to end, and that runs no step.
sluice_await_word_on_nodes() {
  local process host patience end
  if [ "$sluice_backend" = local ] || [ -z "$sluice_failed" ] || [ -n "${sluice_signal-}" ]; then return; fi
  process=$(sluice_first_silent)
  if [ -z "$process" ]; then return; fi
  read -r host _ <"$sluice_state/up/$process"
  if sluice_node_answers "${process%.*}" "$host"; then return; fi
  patience=$(scontrol show config 2>/dev/null | sed -n 's/^SlurmdTimeout *= *\([0-9]*\).*/\1/p')
  patience=$((${patience:-300} + 60))
  sluice_warnings+=("$process on $host $sluice_no_word, and $host does not answer")
  echo "sluice: ${sluice_warnings[-1]}; waiting for Slurm's word on it, at most $patience s" >&2
  end=$((SECONDS + patience))
  while [ -z "${sluice_signal-}" ] && [ "$SECONDS" -lt "$end" ]; do sleep 1; done
}

# Prints a process that was up on its node and has left no word of its end.
sluice_first_silent() {
  local process
  for process in $(sluice_processes "${sluice_role_names[@]}"); do
    if [ ! -f "$sluice_state/up/$process" ] || [ "${sluice_role_place[${process%.*}]}" = batch ]; then continue; fi
    case ${sluice_end_code[$process]+ended}.${sluice_end_reason[$process]-} in
      .* | *."$sluice_no_word"*) echo "$process" && return ;;
    esac
  done
}

# Whether a code counts as success: CODE. As the author says in returnCodes.
sluice_accepts() {
  case " $sluice_accepted_codes " in
    *' * '* | *" $1 "*) return 0 ;;
  esac
  return 1
}

# Sets sluice_failed to the process whose end is the first failure, and sluice_failed_service to a service that failed, if there are such.
sluice_find_failure() {
  local process first=''
  sluice_failed_service=''
  for process in "${!sluice_end_code[@]}"; do
    sluice_is_failure "$process" || continue
    if [ "${sluice_role_duty[${process%.*}]}" != decide ]; then sluice_failed_service=$process; fi
    if [ -z "$first" ] || [ "${sluice_end_ms[$process]}" -lt "${sluice_end_ms[$first]}" ]; then first=$process; fi
  done
  sluice_failed=$first
  if [ -n "$first" ]; then sluice_blame_service; fi
}

# A driver that lost its head fails at once, before the head's own end counts: the head is to be named then.
sluice_blame_service() {
  local process failed=$sluice_failed
  for process in "${!sluice_end_code[@]}"; do
    if [ "${sluice_role_duty[${process%.*}]}" = serve ] && [ "${sluice_end_stopped[$process]}" = 0 ] &&
      [ "${sluice_end_code[$process]}" != 0 ] && [ "${sluice_end_ms[$process]}" -lt "${sluice_end_ms[$failed]}" ]; then
      sluice_failed=$process
    fi
  done
}

sluice_is_failure() {
  local process=$1 role=${1%.*}
  if [ "${sluice_end_stopped[$process]}" = 1 ]; then return 1; fi
  # It did nothing at all: others may end well without it, and the task would not be what was asked for.
  if sluice_is_false_start "${sluice_end_reason[$process]-}"; then return 0; fi
  case ${sluice_role_duty[$role]} in
    decide) ! sluice_accepts "${sluice_end_code[$process]}" ;;
    # The program may end its own services as its last deed; then it is about to end too.
    serve | revive) ! sluice_all_decided && [ "$SECONDS" -ge $((sluice_end_seen[$process] + 3)) ] ;;
    spare) sluice_warn_of "$process" && sluice_none_left "$role" && ! sluice_all_decided ;;
  esac
}

# Whether every process of the roles that decide has ended.
sluice_all_decided() {
  local role process
  for role in "${sluice_role_names[@]}"; do
    if [ "${sluice_role_duty[$role]}" != decide ]; then continue; fi
    for process in $(sluice_processes "$role"); do
      if [ -z "${sluice_end_code[$process]-}" ]; then return 1; fi
    done
  done
  return 0
}

# Whether every process of a role has ended.
sluice_none_left() {
  local process
  for process in $(sluice_processes "$1"); do
    if [ -z "${sluice_end_code[$process]-}" ]; then return 1; fi
  done
  return 0
}

sluice_warn_of() {
  local text
  text=$(sluice_text_of_loss "$1")
  case " ${sluice_warnings[*]-} " in
    *"$text"*) ;;
    *) sluice_warnings+=("$text") ;;
  esac
}

sluice_text_of_loss() {
  echo "lost, went on without it: $(sluice_say_end "$1")"
}

# Adds a warning for each restart of a service.
sluice_warn_of_restarts() {
  local path code host
  sluice_refresh again
  for path in "$sluice_state"/again/*; do
    if [ ! -e "$path" ]; then continue; fi
    read -r code host _ <"$path"
    path=${path##*/}
    sluice_warnings+=("${path%.*} on $host ended with $code and was started again, restart ${path##*.} of $sluice_restarts")
  done
}

# Prints how a process ended, and the end of its log: ROLE.RANK
sluice_say_end() {
  local process=$1 code=${sluice_end_code[$1]} text name
  text="$process on ${sluice_end_host[$process]:-an unknown node} "
  if [ -n "${sluice_end_reason[$process]-}" ]; then
    text+=${sluice_end_reason[$process]}
  elif [ "$code" -gt 128 ] && name=$(kill -l "$((code - 128))" 2>/dev/null); then
    text+="was ended by signal $((code - 128)) ($name)"
  else
    text+="exited with $code"
  fi
  if [ "${sluice_role_duty[${process%.*}]}" != decide ]; then text+=", though it serves the others"; fi
  if [ -e "$sluice_state/again/$process.1" ]; then text+=", after all restarts"; fi
  if [ "${sluice_end_oom[$process]:-0}" -gt 0 ]; then text+=", out of memory"; fi
  echo "$text"
  if [ -s "$(sluice_log_of "$process")" ]; then
    echo "last lines of $(sluice_log_of "$process"):"
    sluice_tail "$(sluice_log_of "$process")" 5
  elif [ "${sluice_role_output[${process%.*}]}" = task ] && [ -s "$sluice_run_folder/stdout" ]; then
    # Where both of its streams may be: spark-submit passes what Python writes to stderr on to its own stdout.
    echo "last lines of its standard output:"
    sluice_tail "$sluice_run_folder/stdout" 5
  fi
}

# Prints the last lines of a file, kept short: FILE LINES
sluice_tail() {
  if [ -s "$1" ]; then tail -n "$2" -- "$1" | tail -c 1500; fi
}

# One verdict: the failing process's code, else that of the deciding ones. None if the job was asked to end: Slurm knows why.
sluice_settle() {
  local process warning
  sluice_collect_ends
  sluice_ended=$(sluice_now)
  if [ -n "$sluice_failed" ]; then
    sluice_exit=${sluice_end_code[$sluice_failed]}
    if [ "$sluice_exit" = 0 ]; then sluice_exit=1; fi
    sluice_detail=${sluice_detail:-$(sluice_say_end "$sluice_failed")}
    if sluice_is_false_start "${sluice_end_reason[$sluice_failed]-}"; then sluice_stage=start; fi
    case ${sluice_end_reason[$sluice_failed]-} in "$sluice_unfit"* | "$sluice_no_world"*) sluice_failed_start=unfit ;; esac
  elif [ "$sluice_stage" = start ]; then
    sluice_exit=1
  elif [ -z "$sluice_signal" ]; then
    sluice_exit=0
    sluice_deciding_code
  fi
  sluice_warn_of_restarts
  for warning in "${sluice_warnings[@]}"; do
    # It was the last of its role, and nothing went on without it.
    if [ -n "$sluice_failed" ] && [ "$warning" = "$(sluice_text_of_loss "$sluice_failed")" ]; then continue; fi
    sluice_detail+="${sluice_detail:+$'\n'}$warning"
  done
  sluice_role_oom_kills=0
  for process in "${!sluice_end_oom[@]}"; do sluice_role_oom_kills=$((sluice_role_oom_kills + sluice_end_oom[$process])); done
  sluice_roles_json=$(sluice_ends_json)
  sluice_name_hosts
}

# Codes that the author accepts may differ from 0: the first of them is the task's.
sluice_deciding_code() {
  local role process
  for role in "${sluice_role_names[@]}"; do
    if [ "${sluice_role_duty[$role]}" != decide ]; then continue; fi
    for process in $(sluice_processes "$role"); do
      if [ "$sluice_exit" = 0 ]; then sluice_exit=${sluice_end_code[$process]:-0}; fi
    done
  done
}

# Prints [{"role":…},…] over all processes.
sluice_ends_json() {
  local process json='' stopped host
  for process in $(sluice_processes "${sluice_role_names[@]}"); do
    stopped=false host=$(sluice_host_of "$process")
    # One that never came up has none.
    if [ -n "$host" ]; then host=\"$host\"; else host=null; fi
    if [ "${sluice_end_stopped[$process]-0}" = 1 ]; then stopped=true; fi
    json+="${json:+,}{\"role\":\"${process%.*}\",\"rank\":${process##*.},\"host\":$host"
    json+=",\"exit\":${sluice_end_code[$process]-null},\"signal\":null,\"stopped\":$stopped}"
  done
  echo "[$json]"
}

# Prints the host of a process, also of one that left no end.
sluice_host_of() {
  local host=${sluice_end_host[$1]-}
  if [ -z "$host" ] && [ -f "$sluice_state/up/$1" ]; then read -r host _ <"$sluice_state/up/$1"; fi
  echo "$host"
}

# The nodes of all processes, each once, in the order of the roles.
sluice_name_hosts() {
  local process host
  sluice_hosts=()
  for process in $(sluice_processes "${sluice_role_names[@]}"); do
    host=$(sluice_host_of "$process")
    if [ -z "$host" ]; then continue; fi
    case " ${sluice_hosts[*]-} " in
      *" $host "*) ;;
      *) sluice_hosts+=("$host") ;;
    esac
  done
}

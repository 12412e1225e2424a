# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# A distributed task, seen from its batch script: declares roles, starts them, waits until all are up, watches them, ends the
# rest, and gives back one verdict. What happens on the nodes is in role.sh; what a framework needs, in mpi.sh, tensorflow.sh, spark.sh.
#
# Needs attempt.sh. Sets for the marker: sluice_exit, sluice_stage, sluice_failed_start, sluice_detail, sluice_roles_json, sluice_hosts, sluice_role_oom_kills.
# Entry points: sluice_role (once a role), then sluice_run_roles.

# shellcheck source=/dev/null
. "$sluice_lib/state.sh"
# shellcheck source=/dev/null
. "$sluice_lib/launch.sh"
# shellcheck source=/dev/null
. "$sluice_lib/watch.sh"
# shellcheck source=/dev/null
. "$sluice_lib/forming.sh"

sluice_backend=${SLUICE_BACKEND:-slurm}
sluice_role_names=()
declare -A sluice_role_procs sluice_role_nodes sluice_role_cpus sluice_role_mem sluice_role_per_node
declare -A sluice_role_gres sluice_role_hosts sluice_role_place sluice_role_duty sluice_role_when sluice_role_output sluice_role_command sluice_role_workdir

# Declares a role: NAME and options.
#   --procs N --nodes N          processes, and nodes they are spread over
#   --cpus N                     cores a process
#   --mem MIB                    memory a process
#   --per-node N                 processes on the fullest of its nodes
#   --gres TEXT                  generic resources on each of its nodes
#   --spread "N N..."            processes on each node of a packed job, in the order of the nodes
#   --place het:G|packed|batch   as component G of a heterogeneous job, as a step of an ordinary one, or beside the batch script
#   --duty decide|serve|spare|revive
#                                its end decides; it never ends by itself; it serves and may be lost while others of it are left; or it
#                                serves and is started again where it ended, sluice_restarts times
#   --when first|ready           its command runs at once, or when the cluster is ready; its processes are there from the start
#   --output log|task|both|first to a log of its own, to the task's stdout and stderr, to both, or rank 0 to both
#   --command FILE               a command of its own; relative to the attempt's folder
#   --workdir FOLDER             a working folder of its own
#
# Its container, where it has one, is in the array sluice_container_ROLE: program, image, options.
sluice_role() {
  local role=$1
  shift
  sluice_role_names+=("$role")
  sluice_role_procs[$role]=1 sluice_role_nodes[$role]=1 sluice_role_cpus[$role]=1 sluice_role_per_node[$role]=1
  sluice_role_place[$role]=packed sluice_role_duty[$role]=decide sluice_role_when[$role]=first sluice_role_output[$role]=log
  while [ $# -gt 1 ]; do
    case $1 in
      --procs) sluice_role_procs[$role]=$2 ;;
      --nodes) sluice_role_nodes[$role]=$2 ;;
      --cpus) sluice_role_cpus[$role]=$2 ;;
      --mem) sluice_role_mem[$role]=$2 ;;
      --per-node) sluice_role_per_node[$role]=$2 ;;
      --gres) sluice_role_gres[$role]=$2 ;;
      --spread) sluice_role_hosts[$role]=$2 ;;
      --place) sluice_role_place[$role]=$2 ;;
      --duty) sluice_role_duty[$role]=$2 ;;
      --when) sluice_role_when[$role]=$2 ;;
      --output) sluice_role_output[$role]=$2 ;;
      --workdir) sluice_role_workdir[$role]=$2 ;;
      --command) sluice_role_command[$role]=$2 ;;
      *) echo "sluice: a role has no option $1" >&2 && return 2 ;;
    esac
    shift 2
  done
}

# Runs the task: KIND. Leaves the code of the process that decides in sluice_exit; nothing if the job was asked to end.
sluice_run_roles() {
  sluice_kind=$1 sluice_forming=1
  while
    sluice_stage=roles sluice_failed_start='' sluice_detail='' sluice_failed='' sluice_failed_service=''
    sluice_open_state
    if sluice_start_roles; then sluice_watch_roles; fi
    sluice_stop_roles
    sluice_collect_ends
    sluice_await_word_on_nodes
    sluice_lost_a_port
  do sluice_form_again; done
  sluice_settle
  sluice_close_state
}

# Makes the folders and writes down for the shims what this script knows.
sluice_open_state() {
  # A cluster that is formed again has a folder of its own: nodes may still see the files of the earlier one.
  sluice_state=$sluice_run_folder/roles/state
  if [ "$sluice_forming" -gt 1 ]; then sluice_state+=.$sluice_forming; fi
  mkdir -p "$sluice_state"/{up,end,again,stop,ports}
  chmod 700 "$sluice_state"
  if [ "$sluice_forming" = 1 ]; then sluice_open_logdir; fi
  sluice_batch_pid=$$ sluice_path=$PATH
  sluice_batch_host=$sluice_node
  sluice_hook prepare
  declare -p "${!sluice_@}" >"$sluice_state/settings"
}

# Makes the folder of the logs. One that the author names may be that of others, too: calls of a scatter, other attempts of this one and
# other starts of this attempt have folders of their own in it, and so has a call that finds it taken. What an earlier run has left there is not to be
# taken for this task's.
sluice_open_logdir() {
  local process own=${sluice_attempt_folder##*/calls/}
  if [ -z "${sluice_logdir-}" ]; then
    sluice_logdir=$sluice_run_folder/roles
    return
  fi
  if [[ $sluice_call == *\[* ]] || [ "$sluice_attempt" != 1 ] || [ "$sluice_restart" != 0 ] || ! sluice_take_logdir; then
    sluice_logdir+=/${own//\//.}
    if [ "$sluice_restart" != 0 ]; then sluice_logdir+=.r$sluice_restart; fi
  fi
  mkdir -p "$sluice_logdir" || sluice_fail "cannot make \`$sluice_logdir' on $sluice_host"
  for process in $(sluice_processes "${sluice_role_names[@]}"); do rm -f -- "$(sluice_log_of "$process")"; done
  # So that `sluice logs` finds them.
  ln -sfnT "$sluice_logdir" "$sluice_run_folder/roles/logs"
}

# Whether the folder of the logs is this call's: no other call of this run has it, and none of another run that still goes on. A link in it says whose
# it is.
sluice_take_logdir() {
  local link=$sluice_logdir/.sluice-call other
  mkdir -p "$sluice_logdir" || sluice_fail "cannot make \`$sluice_logdir' on $sluice_host"
  until ln -sT -- "$sluice_attempt_folder" "$link" 2>/dev/null; do
    other=$(readlink -- "$link") || sluice_fail "cannot write to \`$sluice_logdir' on $sluice_host"
    case $other in
      "$sluice_attempt_folder") return 0 ;;
      "${sluice_attempt_folder%/calls/*}"/calls/*) return 1 ;;
    esac
    if [ -d "$other/roles/state" ]; then return 1; fi
    rm -f -- "$link"
  done
}

# What the state files said is in the marker now; logs stay.
sluice_close_state() {
  sluice_hook close
  rm -rf "$sluice_state"
  find "$sluice_run_folder/roles" -maxdepth 1 -name 'launch.*' -size 0 -delete
}

# Starts the roles; fails, having said why, when they are not all up in time.
sluice_start_roles() {
  sluice_deadline=$((SECONDS + sluice_start_timeout))
  sluice_launch_all "${sluice_role_names[@]}" || return 1
  sluice_await_up "${sluice_role_names[@]}" && sluice_write_members "${sluice_role_names[@]}" && sluice_hook ready || return 1
  # Those that run when the cluster is ready are on their nodes already, and wait for this.
  sluice_put formed ''
}

# Waits until every process of the roles is on its node.
sluice_await_up() {
  until sluice_all_up "$@"; do
    if sluice_start_is_lost; then return 1; fi
    if [ "$SECONDS" -ge "$sluice_deadline" ]; then
      sluice_fail_start "not started within $sluice_start_timeout s: ${sluice_missing[*]}" late
      return 1
    fi
    sleep 0.1
  done
}

# Whether every process of the roles has its file in up/; leaves the others in sluice_missing.
sluice_all_up() {
  local path process
  local -A up=()
  sluice_refresh up
  for path in "$sluice_state"/up/*; do up[${path##*/}]=yes; done
  sluice_missing=()
  for process in $(sluice_processes "$@"); do
    [ -n "${up[$process]-}" ] || sluice_missing+=("$process")
  done
  [ ${#sluice_missing[@]} = 0 ]
}

# Whether waiting on is useless: the job is being ended, or a process ended before all were up.
sluice_start_is_lost() {
  [ -z "${sluice_signal-}" ] || return 0
  sluice_collect_ends
  sluice_note_vanished
  local process
  for process in "${!sluice_end_code[@]}"; do
    # A process that came up and ended well within these moments is not a failed start.
    if [ -n "${sluice_end_reason[$process]-}" ] || [ "${sluice_end_code[$process]}" != 0 ]; then
      sluice_failed=$process
      sluice_fail_start "$(sluice_say_end "$process")"
      return 0
    fi
  done
  return 1
}

# The start failed: TEXT [late]
sluice_fail_start() {
  sluice_stage=start sluice_detail=$1 sluice_failed_start=${2-}
}

# Tells everyone who is where.
sluice_write_members() {
  local lines=() process host address port
  for process in $(sluice_processes "$@"); do
    read -r host address port _ <"$sluice_state/up/$process"
    lines+=("${process%.*} ${process##*.} $host $address $port")
  done
  sluice_put_members "${lines[@]}"
}

# The list for the shims comes last: who sees it finds the one for programs: "ROLE RANK HOST ADDRESS PORT"... That one is left alone where it
# says the same already, as what was foreseen mostly does: programs read it by now, and some, as `cp`, give up where a file is replaced meanwhile.
sluice_put_members() {
  local cluster
  sluice_members=("$@")
  cluster=$(sluice_cluster_json)
  if [ "$(cat "$sluice_state/cluster.json" 2>/dev/null)" != "$cluster" ]; then sluice_put cluster.json "$cluster"; fi
  sluice_put members "$@"
}

# Prints {"role":["host:port",...],...}; processes without a port are named by their host alone.
sluice_cluster_json() {
  local line role host port last='' json=''
  for line in "${sluice_members[@]}"; do
    read -r role _ host _ port <<<"$line"
    if [ "$role" != "$last" ]; then json+="${last:+],}\"$role\":["; else json+=,; fi
    if [ "$port" != - ]; then host+=:$port; fi
    json+="\"$host\""
    last=$role
  done
  echo "{$json]}"
}

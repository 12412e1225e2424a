#!/usr/bin/env bash
# One process of a role, on its node: role.sh STATE_FOLDER ROLE [RANK]
#
# Says that it is there, waits until all are, sets what the framework wants to know, runs the command in its container, and
# leaves word of its end. Runs as the parent of the command, never replaced by it: someone must be there to say how it ended, to
# read the kill counter of the step before the step is gone, and to pass on a wish to stop with time to obey.
# ROLE "world" stands for all roles of one MPI world; the process finds its role by its rank.

# shellcheck disable=SC2154,SC2034,SC2004,SC2317  # variables and functions are shared by the files of the library
sluice_lib=${BASH_SOURCE[0]%/*}
# Before attempt.sh, which asks for some of them; and after it, since it begins with none of what the batch script has found out.
# shellcheck source=/dev/null
. "$1/settings"
# shellcheck source=/dev/null
. "$sluice_lib/attempt.sh"
# shellcheck source=/dev/null
. "$1/settings"
# shellcheck source=/dev/null
. "$sluice_lib/state.sh"
# shellcheck source=/dev/null
. "$sluice_lib/ports.sh"
# shellcheck source=/dev/null
. "$sluice_lib/fit.sh"
# shellcheck source=/dev/null
. "$sluice_lib/$sluice_kind.sh"
# Not the batch script's, which is in the settings.
sluice_host=${SLURMD_NODENAME:-$sluice_node}
sluice_state=$1 sluice_own_role=$2 sluice_own_rank=${3-${SLURM_PROCID-0}} sluice_stop_asked=0 sluice_command_pid='' sluice_scratch='' sluice_stop_pending=''

sluice_run_process() {
  # From sluice itself: nobody has told the command. From Slurm: it signals every process of a step.
  trap 'sluice_on_stop 0' USR1
  trap 'sluice_on_stop 1' TERM
  sluice_find_self
  sluice_started_ms=$(sluice_now)
  sluice_make_scratch
  sluice_node_address
  sluice_hook check
  sluice_publish
  sluice_await_members
  sluice_name_surroundings
  sluice_hook enter
  sluice_add_probe
  # A core would hold the cluster's secret, and stay; some daemons write one when they are asked to end.
  if [ -n "${sluice_private-}" ]; then ulimit -S -c 0; fi
  sluice_run_command
}

# Name, rank and size, also for a program that asks for them.
sluice_find_self() {
  if [ "$sluice_own_role" = world ]; then sluice_hook find_self; fi
  sluice_own=$sluice_own_role.$sluice_own_rank
  sluice_give SLUICE_ROLE "$sluice_own_role"
  sluice_give SLUICE_RANK "$sluice_own_rank"
  sluice_give SLUICE_SIZE "${sluice_role_procs[$sluice_own_role]}"
  sluice_give SLUICE_CPUS "${sluice_role_cpus[$sluice_own_role]}"
  # A service that is ended has no time to empty Python's buffers, and its last words are wanted.
  sluice_give PYTHONUNBUFFERED 1
}

# A variable for the command, also in a container that is started with a clean environment: NAME VALUE
sluice_give() {
  export "$1=$2"
  sluice_environment+=("$1=$2")
}

# The process runs a program of the library in place of the command: FILE
sluice_run_daemon() {
  sluice_give SLUICE_OWN_STATE "$sluice_state"
  sluice_give SLUICE_OWN_LIB "$sluice_lib"
  sluice_give SLUICE_OWN_UNFIT "$sluice_scratch/unfit"
  sluice_role_command[$sluice_own_role]=$sluice_lib/$1
}

# A scratch folder on this node: that of the batch script is on another.
sluice_make_scratch() {
  local parent
  for parent in "$sluice_scratch_parent" "${TMPDIR-}" /tmp; do
    if [ -n "$parent" ] && [ -d "$parent" ] && [ -w "$parent" ]; then break; fi
  done
  umask "$sluice_umask"
  sluice_scratch=$(mktemp -d "$parent/sluice.$sluice_job.$sluice_own.XXXXXX") || sluice_refuse "cannot make a scratch folder in $parent"
  export TMPDIR=$sluice_scratch
}

# Says that this process is on its node. The link is refused if another process says the same of itself: two worlds where there
# should be one, or a step that was started twice.
sluice_publish() {
  local draft="$sluice_state/.draft.up.$sluice_own.$sluice_node.$$"
  echo "$sluice_host $sluice_address ${sluice_port:--} ${SLURM_STEP_ID:--}" >"$draft"
  if ! ln -T "$draft" "$sluice_state/up/$sluice_own" 2>/dev/null && ! cmp -s "$draft" "$sluice_state/up/$sluice_own"; then
    rm -f "$draft"
    echo "sluice: $sluice_own on $sluice_host: another process with this rank is there already" >&2
    exit 97
  fi
  rm -f "$draft"
}

# Waits until all are up; a kind whose programs wait for each other by themselves does not need it.
sluice_await_members() {
  if [ "${sluice_rendezvous-yes}" != yes ]; then return; fi
  if [ "${sluice_role_when[$sluice_own_role]}" = first ]; then sluice_await members; else sluice_await formed; fi
}

# Waits for a file of the state folder; ends when it is not going to come: NAME
sluice_await() {
  local pause=0.1 later=0.1
  # So that the file system is not asked more often than some 100 times a second.
  if [ "$(sluice_count_processes)" -gt 16 ]; then later=0.3; fi
  until sluice_is_there . "$1"; do
    if [ "$sluice_stop_asked" = 1 ] || sluice_is_there stop all; then
      sluice_stop_asked=1
      sluice_leave 143
    fi
    sleep "$pause"
    if [ "$SECONDS" -gt 60 ]; then pause=1; elif [ "$SECONDS" -gt 5 ]; then pause=$later; fi
  done
}

# Who else is there.
sluice_name_surroundings() {
  local host hosts=''
  sluice_give SLUICE_CLUSTER_FILE "$sluice_state/cluster.json"
  sluice_give SLUICE_ADDRESS "$sluice_host${sluice_port:+:$sluice_port}"
  if [ ! -e "$sluice_state/members" ]; then return; fi
  while read -r _ _ host _; do
    case ",$hosts," in
      *",$host,"*) ;;
      *) hosts+=${hosts:+,}$host ;;
    esac
  done <"$sluice_state/members"
  sluice_give SLUICE_HOSTS "$hosts"
}

# Runs the command, again where its role is to be revived, and leaves word of its end.
sluice_run_command() {
  local code watcher='' restarts=0
  if [ "${sluice_watch_stop-yes}" = yes ]; then
    set -m
    sluice_watch_stop_folder $$ &
    watcher=$!
    # Else bash would report its end in the log.
    disown "$watcher"
    set +m
  fi
  while
    sluice_run_once
    sluice_start_again
  do :; done
  if [ -n "$watcher" ]; then kill -KILL -- "-$watcher" 2>/dev/null; fi
  if [ "$code" = 255 ] && sluice_is_outside; then sluice_leave 255 "$sluice_not_in_container"; fi
  sluice_leave_unfit "$code"
  # A kind may know better why it ended.
  sluice_hook ended "$code"
  if [ "$code" != 0 ] && sluice_port_was_taken; then sluice_leave "$code" "$sluice_port_taken $sluice_port"; fi
  sluice_leave "$code"
}

# Whether the command failed soon after its start for a port that someone else had taken since it was chosen. The words are those of
# bind(2), which every framework passes on in its log.
sluice_port_was_taken() {
  if [ -z "${sluice_port-}" ] || [ "$sluice_stop_asked" = 1 ] || [ $((SECONDS - sluice_command_began)) -gt "${sluice_claim_seconds-120}" ]; then return 1; fi
  tail -c 65536 -- "$(sluice_log_of "$sluice_own")" 2>/dev/null | grep -qiE 'address (is )?already in use|EADDRINUSE'
}

# Runs the command once; leaves its exit code in `code`.
sluice_run_once() {
  sluice_command_began=$SECONDS
  sluice_open_output
  set -m
  # shellcheck disable=SC2261 # two different numbers
  (
    trap - TERM USR1
    sluice_become_command
  ) >&"$sluice_out" 2>&"$sluice_err" &
  sluice_command_pid=$!
  set +m
  if [ "${sluice_guard_command-no}" = yes ]; then sluice_start_guard; fi
  # The wish to stop may have come before there was a command to tell.
  if [ -n "$sluice_stop_pending" ]; then sluice_stop_asked=0 && sluice_on_stop "$sluice_stop_pending"; fi
  exec {sluice_out}>&- {sluice_err}>&-
  # A signal ends `wait`, not the command. Its end by a signal is told in end/, not by bash.
  while
    wait "$sluice_command_pid"
    code=$?
    kill -0 "$sluice_command_pid"
  do :; done 2>/dev/null
  if [ -n "${sluice_guard_pid-}" ]; then kill -KILL -- "-$sluice_guard_pid" 2>/dev/null; fi
  sluice_close_output
  sluice_command_pid=''
}

# Starts a process that ends the command if this shim is killed: a launcher other than srun kills the shim alone. It waits for the end of
# a pipe that nobody else holds, and so takes no time from the command.
sluice_start_guard() {
  local pipe
  mkfifo -m 600 "$sluice_scratch/.guard" || return
  exec {pipe}<>"$sluice_scratch/.guard"
  set -m
  (
    trap '' TERM INT HUP USR1 USR2
    exec {pipe}>&-
    read -r _ <"$sluice_scratch/.guard"
    kill -KILL -- "-$sluice_command_pid"
    rm -rf -- "$sluice_scratch"
  ) </dev/null >/dev/null 2>&1 &
  sluice_guard_pid=$!
  disown "$sluice_guard_pid"
  set +m
}

# Whether the command is to run once more, after a pause that grows. Here and not by a new step: rank, node, port and address stay what
# the others were told.
sluice_start_again() {
  local pause=$((1 << (restarts < 5 ? restarts : 5))) end
  if [ "${sluice_role_duty[$sluice_own_role]}" != revive ] || [ "$restarts" -ge "$sluice_restarts" ]; then return 1; fi
  if [ "$sluice_stop_asked" = 1 ] || sluice_is_outside || [ -s "$sluice_scratch/unfit" ]; then return 1; fi
  restarts=$((restarts + 1))
  echo "sluice: $sluice_own on $sluice_host ended with $code; started again in $pause s ($restarts of $sluice_restarts)" >>"$(sluice_log_of "$sluice_own")"
  sluice_put "again/$sluice_own.$restarts" "$code $sluice_host $(sluice_oom_kills)"
  end=$((SECONDS + pause))
  while [ "$SECONDS" -lt "$end" ]; do
    if [ "$sluice_stop_asked" = 1 ]; then return 1; fi
    sleep 0.2
  done
}

# Becomes the role's command, in the role's container where it has one.
sluice_become_command() {
  local own=${sluice_role_command[$sluice_own_role]-} list="sluice_container_${sluice_own_role}[@]" container
  case $own in
    '') ;;
    /*) sluice_command=$own ;;
    *) sluice_command=$sluice_attempt_folder/$own ;;
  esac
  container=("${!list}")
  sluice_workdir=${sluice_role_workdir[$sluice_own_role]-$sluice_workdir}
  if [ ${#container[@]} -gt 0 ]; then
    # Programs of the library itself are run inside, too.
    sluice_same_path "$sluice_lib"
    sluice_in_container "${container[@]}"
  else
    sluice_on_host
  fi
}

# Opens where the command's stdout and stderr go: a log of its own, this process's own streams (which are the task's), or both.
sluice_open_output() {
  local log output=${sluice_role_output[$sluice_own_role]}
  log=$(sluice_log_of "$sluice_own")
  sluice_copiers=()
  if [ "$output" = first ] && [ "$sluice_own_rank" = 0 ]; then output=both; fi
  case $output in
    task) exec {sluice_out}>&1 {sluice_err}>&2 ;;
    both)
      sluice_copy_to "$log" 1 && exec {sluice_out}>"$sluice_fifo" && rm -f "$sluice_fifo"
      sluice_copy_to "$log" 2 && exec {sluice_err}>"$sluice_fifo" && rm -f "$sluice_fifo"
      ;;
    *)
      exec {sluice_out}>>"$log"
      exec {sluice_err}>&"$sluice_out"
      ;;
  esac
}

# Starts a copier from a new fifo, left in sluice_fifo, to a log and to one of this process's streams: LOG STREAM
sluice_copy_to() {
  sluice_fifo=$sluice_scratch/.stream.$2
  mkfifo -m 600 "$sluice_fifo" || return
  (
    # Every process of a step is signalled; the last words still have to pass.
    trap '' TERM INT USR1
    exec tee -a "$1" <"$sluice_fifo" >&"$2"
  ) &
  sluice_copiers+=($!)
}

# Waits for the copiers, but not for ever: the command may have left a process behind that holds the other end.
sluice_close_output() {
  local copier tries=0
  kill -KILL -- "-$sluice_command_pid" 2>/dev/null
  for copier in "${sluice_copiers[@]}"; do
    while kill -0 "$copier" 2>/dev/null && [ $tries -lt 50 ]; do
      sleep 0.02
      tries=$((tries + 1))
    done
  done
}

# In the background: looks for the wish to stop. The more processes, the rarer, so that the file system is not asked more often
# than some 30 times a second. Also ends when the batch script beside which it runs is gone: PID_OF_THE_SHIM
sluice_watch_stop_folder() {
  local total
  total=$(sluice_count_processes)
  trap '' TERM USR1
  while sleep $((1 + total / 32)) && kill -0 "$1" 2>/dev/null; do
    if sluice_is_there stop all || sluice_is_orphan; then
      kill -USR1 "$1" 2>/dev/null
      return
    fi
  done
}

# Whether the batch script on this same node is gone, as after a kill -9 of all of a local run.
sluice_is_orphan() {
  [ "$sluice_batch_host" = "$sluice_node" ] && [ "$sluice_backend" = local ] && ! kill -0 "$sluice_batch_pid" 2>/dev/null
}

# The wish to stop has come: SECONDS to wait before the command is told. A second TERM within moments would cut short what the
# command does on the first.
sluice_on_stop() {
  if [ "$sluice_stop_asked" = 1 ]; then return; fi
  sluice_stop_asked=1
  if [ -z "$sluice_command_pid" ]; then sluice_stop_pending=$1 && return; fi
  set -m
  sluice_end_own_command "$1" &
  disown $!
  set +m
}

# In the background: TERM, grace, KILL.
sluice_end_own_command() {
  trap '' TERM USR1
  sleep "$1"
  kill -TERM -- "-$sluice_command_pid" 2>/dev/null
  local end=$((SECONDS + sluice_kill_grace))
  while kill -0 -- "-$sluice_command_pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
  kill -KILL -- "-$sluice_command_pid" 2>/dev/null
}

# Ends what the command has left behind in a session of its own, as daemons do: not every Slurm finds such processes. They are known by
# this process's own scratch folder in their environment. Twice, since one may be just starting another.
sluice_end_leftovers() {
  local path
  if [ -z "$sluice_scratch" ]; then return; fi
  for _ in 1 2; do
    # Its own TMPDIR, so that it does not find itself.
    # shellcheck disable=SC2013  # numbers, a line each
    for path in $(TMPDIR=/ grep -lzxsF -e "TMPDIR=$sluice_scratch" /proc/[0-9]*/environ); do
      path=${path#/proc/}
      kill -KILL "${path%/environ}"
    done
  done 2>/dev/null
}

# Leaves word of the end, and ends: CODE [REASON]
sluice_leave() {
  # A signal would end one of the subshells below, and its words were missing.
  trap '' TERM USR1 INT HUP
  sluice_end_leftovers
  sluice_put "end/$sluice_own" \
    "$1 $sluice_host $sluice_stop_asked $(sluice_oom_kills) $sluice_started_ms $(sluice_now)" ${2+"$2"}
  sluice_hook leave
  if [ -n "$sluice_scratch" ]; then rm -rf -- "$sluice_scratch"; fi
  exit "$1"
}

# The process cannot start: REASON
sluice_refuse() {
  echo "sluice: $sluice_own on $sluice_host: $1" >&2
  sluice_leave 1 "$1"
}

sluice_run_process

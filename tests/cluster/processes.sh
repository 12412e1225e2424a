# shellcheck shell=bash
# Processes of the test cluster: start a daemon under a keeper, find what is alive, end it. Sourced by `slurm`.
# A process is known by its pid and start time, so that a pid which the system has since given to another process
# is never signalled. run/keepers has one line for each keeper ever started: NAME PID START-TIME.

# start_time PID: the start time of a process in clock ticks since boot, field 22 of its stat line. The second field is
# the program's name, which may itself hold spaces and brackets, hence the cut at the last ")".
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086 # split on purpose
  set -- $stat
  echo "${20}"
}

# keepers [NAME]: pids of the keepers that still run, of one daemon or of all.
keepers() {
  local name pid started
  [ -r "$DIR/run/keepers" ] || return 0
  while read -r name pid started; do
    if [ "${1-$name}" = "$name" ] && [ "$(start_time "$pid")" = "$started" ]; then echo "$pid"; fi
  done <"$DIR/run/keepers"
}

# descendants PID...: all processes below these, parents before their children.
descendants() {
  ps -e -o pid=,ppid= | awk -v roots="$*" '
    { children[$2] = children[$2] " " $1 }
    function walk(parent,    n, i, list) {
      n = split(children[parent], list, " ")
      for (i = 1; i <= n; i++) { print list[i]; walk(list[i]) }
    }
    END { n = split(roots, list, " "); for (i = 1; i <= n; i++) walk(list[i]) }'
}

# daemon_pid NAME: the daemon itself, the first child of its keeper; fails if it does not run.
daemon_pid() {
  local keeper pid
  for keeper in $(keepers "$1"); do
    while read -r pid; do
      if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$(program_of "$1")" ]; then
        echo "$pid"
        return 0
      fi
    done < <(ps -o pid= --ppid "$keeper" | tr -d ' ')
  done
  return 1
}

program_of() {
  case $1 in
    slurmd.*) echo slurmd ;;
    *) echo "$1" ;;
  esac
}

# start_daemon NAME COMMAND...: in a session of its own and with no descriptor of the caller, which may be a pipe whose
# reader waits for its end.
start_daemon() {
  local name=$1
  shift
  setsid "$HERE/keeper.pl" "$@" </dev/null >>"$DIR/log/$name.out" 2>&1 9>&- &
  echo "$name $! $(start_time $!)" >>"$DIR/run/keepers"
}

# start_daemon_on NAME HOSTNAME COMMAND...: with a host name and an /etc/hosts of its own, where that can be had (root).
# Why: tests must see that ranks run on different hosts; MPI libraries name their shared memory by host; and Slurm's
# daemons listen on the address which their host's name resolves to.
start_daemon_on() {
  local name=$1 hostname=$2
  shift 2
  if [ "$NAMESPACES" = yes ]; then
    # shellcheck disable=SC2016 # the inner shell expands it
    set -- unshare --uts --mount --propagation slave sh -c \
      'mount --bind "$0" /etc/hosts && hostname "$1" && shift && exec "$@"' "$DIR/etc/hosts" "$hostname" "$@"
  fi
  start_daemon "$name" "$@"
}

# end_processes PID...: a polite signal, then the other one.
end_processes() {
  local signal
  for signal in TERM KILL; do
    signal_all "$signal" "$(descendants "$@")"
    wait_while 5 any_descendant "$@" && return 0
  done
  die "these processes do not end: $(descendants "$@" | tr '\n' ' ')"
}

any_descendant() { [ -n "$(descendants "$@")" ]; }

signal_all() {
  local pid
  for pid in $2; do kill -"$1" "$pid" 2>/dev/null || true; done
}

# wait_until SECONDS COMMAND... and wait_while: poll; fail when the time is over.
wait_until() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(now_ms)" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

wait_while() {
  local seconds=$1
  shift
  wait_until "$seconds" not "$@"
}

not() { ! "$@"; }

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# shellcheck shell=bash
# The part of a job that every task has: it takes the attempt, runs the command, and reports how that ended.
#
# Sourced by batch scripts after they have set sluice_batch, sluice_batch_folder, sluice_spool, sluice_umask, sluice_scratch_parent and
# sluice_kill_grace. Then: sluice_begin, whatever prepares the command, sluice_run, sluice_end. Works under Slurm and, with
# SLUICE_BACKEND=local, without it.
#
# Nothing here sets -e or -u: the site's module files are sourced into the same shell and stand neither.

# With --export=NONE every srun would inherit NONE and find no PATH ("execve(): sh: No such file or directory").
unset SLURM_EXPORT_ENV
# Where Slurm cannot get at the user's login environment, as for accounts without a login shell, PATH is bash's own default, and srun and its tasks
# do not know it ("execve(): bash: No such file or directory").
export PATH

: "${sluice_batch:?}" "${sluice_batch_folder:?}" "${sluice_spool:?}" "${sluice_umask:?}" "${sluice_kill_grace:?}"

if [[ ${SLUICE_BACKEND-} == local ]]; then
  # SLURM_* may be there all the same, when sluice itself runs in a job; they are another job's.
  sluice_job=${SLUICE_JOB_ID:?}
  sluice_element=${SLUICE_ELEMENT:-0}
  sluice_restart=0
  sluice_host=$(uname -n)
else
  # The number that sbatch printed; elements of an array have others of their own.
  sluice_job=${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:?}}
  sluice_element=${SLURM_ARRAY_TASK_ID:-0}
  # Unset on the first run; a requeued job has the same number again and 1, 2, … here.
  sluice_restart=${SLURM_RESTART_COUNT:-0}
  sluice_host=${SLURMD_NODENAME:-$(uname -n)}
fi

sluice_environment=()    # NAME=VALUE, for the command only: this shell keeps its own PATH
sluice_disks=0           # disks that were made
sluice_binds=()          # options of the container program
sluice_command=          # file to run; empty: the attempt's `command`
sluice_workdir=          # as the command sees it; empty: the attempt's work folder
sluice_stage=start       # how far it got: start, claim, roles, command
sluice_failed_start=     # why the start failed, where another try would fail or has had its time: late, unfit
sluice_detail=           # words for a person
sluice_exit=             # the command's exit code, from a wait for it and from nowhere else
sluice_signal=           # the first signal that asked this script to end
sluice_hosts=("$sluice_host")
sluice_roles_json='[]'   # filled by distributed tasks
sluice_pid=

# ---- Beginning ------------------------------------------------------------------------------------------------------------------------

# Finds the attempt, takes it, makes its folders. From here on the EXIT trap reports the end, whatever it is.
sluice_begin() {
  umask "$sluice_umask"
  sluice_started=$(sluice_now)
  trap 'sluice_finish' EXIT
  trap 'sluice_asked_to_end TERM' TERM
  trap 'sluice_asked_to_end INT' INT
  trap 'sluice_asked_to_end HUP' HUP
  trap 'sluice_asked_to_end XCPU' XCPU
  # A site may have Slurm warn of the time limit by one of these: the command gets it at once and decides.
  trap 'sluice_forward USR1' USR1
  trap 'sluice_forward USR2' USR2

  local line
  line=$(sed -n "$((sluice_element + 1))p" "$sluice_batch_folder/manifest")
  IFS=$'\t' read -r sluice_call sluice_attempt sluice_attempt_folder <<<"$line"
  [[ -d $sluice_attempt_folder ]] ||
    sluice_fail "element $sluice_element: no folder \`$sluice_attempt_folder' on $sluice_host; is the run folder shared with the nodes?"
  sluice_claim

  # Each run of a requeued job writes to folders of its own: a node that was cut off may still be writing to the earlier ones.
  sluice_run_folder=$sluice_attempt_folder
  ((sluice_restart == 0)) || sluice_run_folder=$sluice_attempt_folder/r$sluice_restart
  sluice_work=$sluice_run_folder/work
  mkdir -p "$sluice_work" || sluice_fail "cannot make \`$sluice_work' on $sluice_host"

  # TMPDIR of the node where the batch script runs: it is neither on other nodes nor in an image.
  sluice_scratch=$(mktemp -d "${sluice_scratch_parent:-${TMPDIR:-/tmp}}/sluice.$sluice_job.XXXXXX") ||
    sluice_fail "cannot make a scratch folder on $sluice_host"
  export TMPDIR=$sluice_scratch

  sluice_environment+=("SLUICE_CALL=$sluice_call" "SLUICE_ATTEMPT=$sluice_attempt" "SLUICE_WORK=$sluice_work"
    "SLUICE_CPUS=${SLURM_CPUS_PER_TASK:-${SLUICE_CPUS:-1}}")
}

# Takes the attempt for (job, restart count), or ends: two jobs must never run the same attempt. `ln` succeeds for one of them only. Over NFS it
# may report failure after it has succeeded (a retransmission), so after a failure the record is read.
sluice_claim() {
  local mine=$sluice_attempt_folder/.owner.$sluice_job.$sluice_restart owner=$sluice_attempt_folder/owner
  local job='' restart='' try
  printf '%s %s %s\n' "$sluice_job" "$sluice_restart" "$sluice_host" >"$mine" || sluice_fail "cannot write to \`$sluice_attempt_folder'"
  for try in 1 2 3 4 5; do
    ln -T "$mine" "$owner" 2>/dev/null
    read -r job restart _ 2>/dev/null <"$owner" || { sleep "$try"; continue; }
    [[ $job == "$sluice_job" ]] || break
    # The same job, started again by Slurm, takes over from its earlier run; never the other way round.
    ((restart < sluice_restart)) || break
    mv -T "$mine" "$owner" 2>/dev/null
  done
  rm -f "$mine"
  [[ $job == "$sluice_job" && $restart == "$sluice_restart" ]] && { sluice_stage="command"; return; }
  sluice_stage=claim
  sluice_detail="job ${job:-unknown}, start ${restart:-unknown}, has this attempt"
  exit 75
}

# Ends the job before its command was started, with words for a person.
sluice_fail() {
  sluice_stage=start
  sluice_detail=$1
  printf 'sluice: %s\n' "$1" >&2
  exit 1
}

# sluice_load_modules INIT NAME…: environment modules; INIT is sourced first where it is given.
sluice_load_modules() {
  # shellcheck source=/dev/null
  [[ -z $1 ]] || source "$1" || sluice_fail "cannot source \`$1' on $sluice_host"
  shift
  module load "$@" || sluice_fail "module load $* failed on $sluice_host"
}

# The variables and folders of one element of an array, one line each, already quoted.
sluice_set_up_element() {
  local line
  line=$(sed -n "$((sluice_element + 1))p" "$sluice_batch_folder/elements")
  eval "$line"
}

# sluice_bind HOST OPTION…: binds an input's folder if it is there. Folders of draft-2 inputs may not exist before the task makes them,
# and a missing source would stop the container.
sluice_bind() {
  [[ ! -e $1 ]] || sluice_binds+=("${@:2}")
}

# sluice_disk PLACE MOUNT: binds a folder of this attempt's own at the mount point of a disk. It is made in the node's scratch folder, or where
# the task has several nodes in the attempt's, which all of them see.
sluice_disk() {
  local parent=$sluice_scratch
  [[ $1 == scratch ]] || parent=$sluice_run_folder
  sluice_disks=$((sluice_disks + 1))
  mkdir -p "$parent/disks/$sluice_disks" || sluice_fail "cannot make the disk \`$2' on $sluice_host"
  sluice_bind_at "$parent/disks/$sluice_disks" "$2"
}

# sluice_no_disk MOUNT: a disk that only a container could have mounted.
sluice_no_disk() {
  echo "sluice: without a container no disk can be mounted at \`$1'; the command finds what $sluice_host has there" >&2
}

# sluice_same_path PATH: appends to sluice_binds; --bind splits on commas and colons, --mount takes CSV and so any path.
sluice_same_path() { sluice_bind_at "$1" "$1"; }

# sluice_bind_at HOST CONTAINER: the same with another path in the container.
sluice_bind_at() {
  local host=${1//\"/\"\"} container=${2//\"/\"\"}
  case $1$2 in
    *[,:\"\\]*) sluice_binds+=(--mount "type=bind,\"src=$host\",\"dst=$container\"") ;;
    *) sluice_binds+=(--bind "$1:$2") ;;
  esac
}

# ---- The command ----------------------------------------------------------------------------------------------------------------------

# sluice_run FUNCTION [ARGUMENT…]: runs it in a process group of its own, and takes its exit code, whatever signals come.
#
# Not in this shell's foreground: bash runs no trap while a foreground child runs, and `$?` in a trap is 0 at a time limit. Nor by `wait`
# in this shell: cut short by a trap it can lose the code for good (bash 5.2 gives -1, about once in ten). So a runner shell waits in its
# foreground, where traps are put off and nothing is lost, and hands the code over by a pipe, whose read goes on after a trap.
sluice_run() {
  local code=''
  # Asked to end already: the command is not started.
  [[ -z $sluice_signal ]] || exit 143
  sluice_canary
  mkfifo "$sluice_scratch/exit" || sluice_fail "cannot make a pipe on $sluice_host"
  sluice_started=$(sluice_now)
  set -m
  sluice_runner "$@" </dev/null 2>/dev/null 7>&- 9>"$sluice_scratch/exit" &
  sluice_pid=$!
  set +m
  exec 8<"$sluice_scratch/exit"
  rm -f "$sluice_scratch/exit"
  # A signal may have come before there was a pid to hand it to.
  [[ -z $sluice_signal ]] || sluice_stop
  # No code: the runner itself was killed, by the end of the grace time or by the command. The latter is a signal like any other.
  read -r code <&8
  [[ -n $code || -n $sluice_signal ]] || { wait "$sluice_pid"; code=$?; }
  if [[ $code == 255 ]] && sluice_is_outside; then
    sluice_stage=start
    sluice_detail="its container could not be started: $(tail -n 3 -- "$sluice_run_folder/stderr" | tail -c 1500)"
  fi
  sluice_exit=$code
  sluice_ended=$(sluice_now)
}

# The runner of sluice_run. It shares the command's process group and so its signals: it catches them, which an `exec` undoes for the
# command, and goes on waiting.
sluice_runner() {
  trap : TERM INT HUP XCPU USR1 USR2
  (exec >>"$sluice_run_folder/stdout" 2>>"$sluice_run_folder/stderr" 9>&-; "$@")
  printf '%s\n' "$?" >&9
}

# The command on the host.
sluice_on_host() {
  cd "${sluice_workdir:-$sluice_work}" || exit 1
  exec env "${sluice_environment[@]}" bash "${sluice_command:-$sluice_attempt_folder/command}"
}

# sluice_in_container PROGRAM IMAGE [OPTION…]: the command in an image.
sluice_in_container() {
  local program=$1 image=$2 pair
  local -a options=("${@:3}") environment=()
  # -q: its own INFO lines would be mixed into the task's stderr. --no-eval: values of variables are shell code to it otherwise.
  options=(-q exec --no-eval "${options[@]}" --pwd "${sluice_workdir:-$sluice_work}")
  # --home splits at colons and commas and knows no quoting; the folder is bound in any case.
  if [[ $sluice_work == *[:,]* ]]; then options+=(--no-home); else options+=(--home "$sluice_work"); fi
  sluice_same_path "$sluice_attempt_folder"
  sluice_same_path "$sluice_scratch"
  options+=("${sluice_binds[@]}")
  # Under both names, with equal values: which program `singularity` is cannot be told by its name.
  for pair in "${sluice_environment[@]}" "TMPDIR=$sluice_scratch"; do
    environment+=("APPTAINERENV_$pair" "SINGULARITYENV_$pair")
  done
  # Where --pwd cannot hold (an older program, an image without the folder) the caller's folder does.
  cd "$sluice_work" || exit 1
  echo outside >"$sluice_scratch/container"
  # HOME cannot be given as a variable, and --home above not always. Small images have no bash.
  # shellcheck disable=SC2016  # expanded inside the image
  exec env "${environment[@]}" "$program" "${options[@]}" "$image" /bin/sh -c \
    ': >"$2"; HOME=$1; export HOME; if command -v bash >/dev/null 2>&1; then exec bash "$0"; else exec sh "$0"; fi' \
    "${sluice_command:-$sluice_attempt_folder/command}" "$sluice_work" "$sluice_scratch/container"
}

# Whether the last command was to run in a container and never got into it. The program ends with 255 then, as a command may as well.
sluice_is_outside() {
  [[ -s $sluice_scratch/container ]]
}

# ---- Signals --------------------------------------------------------------------------------------------------------------------------

# An ordinary scancel and the time limit signal every process of the job; `scancel -b` and `--signal=B:` only this shell. The canary tells
# which it was: it waits for the end of a pipe that this shell holds, and is dead if everyone was signalled.
sluice_canary() {
  mkfifo "$sluice_scratch/canary" || sluice_fail "cannot make a pipe on $sluice_host"
  cat "$sluice_scratch/canary" >/dev/null 2>&1 &
  sluice_canary_pid=$!
  disown "$sluice_canary_pid"
  exec 7>"$sluice_scratch/canary"
  rm -f "$sluice_scratch/canary"
}

# Whether the canary is dead.
sluice_everyone_was_signalled() {
  [[ -n ${sluice_canary_pid-} ]] && ! kill -0 "$sluice_canary_pid" 2>/dev/null
}

# Notes the first signal and sees to it that the command ends.
sluice_asked_to_end() {
  [[ -z $sluice_signal ]] || return 0
  sluice_signal=$1
  [[ -z $sluice_pid ]] || sluice_stop
}

# sluice_stop: forwards the signal where the command did not get it, and kills what is left after the grace time. In the background: this
# shell goes on waiting for the command. Distributed tasks put their own sluice_end_command in place.
sluice_stop() {
  [[ -z ${sluice_stopper_pid-} ]] || return 0
  set -m
  (
    # A second cancellation must not end what brings the first to its end.
    trap '' TERM INT HUP XCPU
    # Time for the rest of a signal to everyone to arrive. A second TERM on top of it makes some programs give up their own clean end.
    sleep 1
    sluice_everyone_was_signalled || sluice_end_command "$sluice_signal"
    sleep "$sluice_kill_grace"
    sluice_end_command KILL
  ) </dev/null >/dev/null 2>&1 7>&- 8<&- &
  sluice_stopper_pid=$!
  set +m
  disown "$sluice_stopper_pid"
}

# sluice_end_command SIGNAL: to all processes of the command.
sluice_end_command() {
  kill -s "$1" -- "-$sluice_pid" 2>/dev/null
}

# Hands a signal on that does not ask for the end.
sluice_forward() {
  [[ -z $sluice_pid ]] || kill -s "$1" -- "-$sluice_pid" 2>/dev/null
}

# ---- The end --------------------------------------------------------------------------------------------------------------------------

# Ends the job with the command's exit code.
sluice_end() {
  exit "${sluice_exit:-1}"
}

# The EXIT trap: reports and tidies up. Without a code the marker says so, which is never success.
sluice_finish() {
  local code=$?
  trap - EXIT
  # The report is written whatever else comes, but a signal that comes before it is in it. It ends what is being put together in a
  # subshell, which is then done again.
  local signals=-1
  sluice_signals=0
  trap ': "${sluice_signal:=TERM}"; sluice_signals=$((sluice_signals + 1))' TERM
  trap '' INT HUP XCPU USR1 USR2
  [[ -z ${sluice_stopper_pid-} ]] || kill -KILL -- "-$sluice_stopper_pid" 2>/dev/null
  while ((signals != sluice_signals)); do
    signals=$sluice_signals
    sluice_put_report_together
  done
  trap '' TERM
  sluice_report
  [[ -z ${sluice_canary_pid-} ]] || kill -KILL "$sluice_canary_pid" 2>/dev/null
  [[ -z ${sluice_scratch-} ]] || rm -rf -- "$sluice_scratch"
  exit "${sluice_exit:-$code}"
}

# Puts the texts of the marker together.
sluice_put_report_together() {
  local host hosts=''
  for host in "${sluice_hosts[@]}"; do
    hosts+=${hosts:+,}$(sluice_json "$host")
  done
  sluice_report_hosts=$hosts
  sluice_report_host=$(sluice_json "$sluice_host")
  sluice_report_job=$(sluice_json "$sluice_job")
  sluice_report_detail=$(sluice_json "$sluice_detail")
  sluice_report_ended=${sluice_ended:-$(sluice_now)}
  sluice_report_oom_kills=$(sluice_oom_kills)
}

# Writes the marker: a temporary file, flushed to disk, then a rename, so that a reader sees all of it or nothing. If that fails the head
# goes by Slurm's own word.
sluice_report() {
  local name=$sluice_batch.$sluice_element.$sluice_job.$sluice_restart.json signal=null start=null
  # As late as can be: a command that obeys a cancellation at once may have ended with 0 before the signal came here, or to the canary.
  sluice_everyone_was_signalled && : "${sluice_signal:=TERM}"
  [[ -z $sluice_signal ]] || signal=\"$sluice_signal\"
  [[ -z $sluice_failed_start ]] || start=\"$sluice_failed_start\"
  if ! {
    printf '{"version":1,"batch":%s,"element":%s,"job":%s,"restart":%s,' \
      "$sluice_batch" "$sluice_element" "$sluice_report_job" "$sluice_restart"
    printf '"exit":%s,"signal":%s,"host":%s,"started_ms":%s,"ended_ms":%s,"oom_kills":%s,' \
      "${sluice_exit:-null}" "$signal" "$sluice_report_host" "$sluice_started" "$sluice_report_ended" \
      "$((sluice_report_oom_kills + ${sluice_role_oom_kills:-0}))"
    printf '"stage":"%s","start":%s,"detail":%s,"hosts":[%s],"roles":%s}\n' \
      "$sluice_stage" "$start" "$sluice_report_detail" "$sluice_report_hosts" "${sluice_roles_json:-[]}"
  } | dd of="$sluice_spool/.$name.tmp" conv=fsync 2>/dev/null || ! mv -T "$sluice_spool/.$name.tmp" "$sluice_spool/$name"; then
    printf 'sluice: the marker could not be written to %s; the command ended with %s\n' "$sluice_spool" "${sluice_exit:-no exit code}" >&2
  fi
}

# Processes that the kernel killed for memory. A shell whose child was killed may well exit 0. Counters of a cgroup that is not this job's
# own say nothing about it.
sluice_oom_kills() {
  local line path kills=0 folder
  while IFS= read -r line; do
    path=${line#*:*:}
    [[ $path == */job_* ]] || continue
    case $line in
      # cgroup v1: the counter of this step alone, not of those below.
      *:memory:*) folder=/sys/fs/cgroup/memory$path/memory.oom_control ;;
      # cgroup v2: the job's own folder counts all its steps.
      0::*) folder=/sys/fs/cgroup${path%%/step_*}/memory.events ;;
      *) continue ;;
    esac
    kills=$(sed -n 's/^oom_kill \([0-9][0-9]*\)$/\1/p' "$folder" 2>/dev/null)
  done </proc/self/cgroup
  printf '%s' "${kills:-0}"
}

# Milliseconds since the epoch.
sluice_now() {
  date +%s%3N
}

# sluice_json TEXT: as a JSON string.
sluice_json() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Starts the processes of roles and ends them. Part of roles.sh. A *client* is what this script started for it: one srun for a
# role or for a whole MPI world, one mpiexec, or, beside this script, one shim a process.
#
# Three forms: a role is a component of a heterogeneous job (het:G), a step of an ordinary job (packed), or runs beside this
# script (batch). Without Slurm every role runs beside this script.

declare -A sluice_client_pid sluice_client_processes sluice_client_code sluice_client_gone_at
sluice_one_world=${sluice_one_world-no}

# Starts roles; fails, having said why, where nothing could even be tried: ROLE...
sluice_launch_all() {
  local role
  if [ "$sluice_one_world" = yes ]; then
    sluice_launch_world "$@"
    return
  fi
  for role in "$@"; do
    if [ "$sluice_backend" = local ] || [ "${sluice_role_place[$role]}" = batch ]; then
      sluice_launch_here "$role"
    else
      sluice_launch_step "$role"
    fi
  done
}

# One shim a process, beside this script.
sluice_launch_here() {
  local process
  for process in $(sluice_processes "$1"); do
    sluice_start_client "$process" "$process" "${sluice_role_output[$1]}" \
      bash "$sluice_lib/role.sh" "$sluice_state" "$1" "${process##*.}"
  done
}

# One step for a role. Every option is given: a step that names no --mem takes all of the job's memory and the others wait for
# ever, and srun of 22.05 and later does not read SLURM_CPUS_PER_TASK.
sluice_launch_step() {
  local role=$1 options=()
  options=(--nodes="${sluice_role_nodes[$role]}" --ntasks="${sluice_role_procs[$role]}"
    --cpus-per-task="${sluice_role_cpus[$role]}" --mpi=none --kill-on-bad-exit=0 --wait=0)
  case ${sluice_role_place[$role]} in
    het:*) options+=("${sluice_het_option:---het-group}=${sluice_role_place[$role]#het:}") ;;
    packed) sluice_add_packed_options "$role" ;;
  esac
  sluice_start_client "$role" "$(sluice_processes "$role")" "${sluice_role_output[$role]}" \
    sluice_srun "${options[@]}" bash "$sluice_lib/role.sh" "$sluice_state" "$role"
}

# Adds to `options` what keeps the steps of one job apart: exactly its own cores and memory, on the nodes that were planned.
sluice_add_packed_options() {
  options+=("${sluice_step_exact:---exact}" --mem=$((sluice_role_mem[$1] * sluice_role_per_node[$1])) --gres="${sluice_role_gres[$1]:-none}")
  if [ -n "${sluice_role_hosts[$1]-}" ]; then
    sluice_write_hostfile "$1"
    options+=(--distribution=arbitrary --nodelist="$sluice_state/hostfile.$1")
  fi
}

# The node of each process of a role, a line each, after its --spread.
sluice_write_hostfile() {
  local node=0 count host hosts=()
  mapfile -t hosts <<<"$(scontrol show hostnames "$SLURM_JOB_NODELIST")"
  for count in ${sluice_role_hosts[$1]}; do
    for (( ; count > 0; count--)); do echo "${hosts[$node]}"; done
    node=$((node + 1))
  done >"$sluice_state/hostfile.$1"
}

# srun without what the job's own variables would add to a step's options; the network sockets of PMI stay open across exec.
sluice_srun() {
  sluice_forget_options
  exec srun --export=ALL --input=none "$@"
}

sluice_forget_options() {
  unset SLURM_NTASKS SLURM_NPROCS SLURM_CPUS_PER_TASK SLURM_MEM_PER_NODE SLURM_MEM_PER_CPU \
    SLURM_TRES_PER_TASK SLURM_DISTRIBUTION SLURM_EXPORT_ENV "${!SLURM_NTASKS_PER_NODE@}"
}

# Whether a node of a role runs a step: ROLE HOST
sluice_node_answers() {
  local options=(--nodes=1 --ntasks=1 --cpus-per-task=1 --mem=0 --mpi=none --nodelist="$2")
  # Older ones know no --overlap; what else was on the node has been ended.
  if [ -z "${sluice_step_exact-}" ]; then options+=(--overlap); fi
  case ${sluice_role_place[$1]} in
    het:*) options+=("${sluice_het_option:---het-group}=${sluice_role_place[$1]#het:}") ;;
  esac
  (sluice_forget_options && exec timeout 30 srun --export=ALL --input=none "${options[@]}" true) >/dev/null 2>&1
}

# Starts a client in a process group of its own: NAME PROCESSES OUTPUT COMMAND...
sluice_start_client() {
  local name=$1 processes=$2 output=$3 log
  shift 3
  log=$sluice_run_folder/roles/launch.$name.log
  set -m
  if [ "$output" = log ]; then
    "$@" </dev/null >"$log" 2>&1 &
  else
    "$@" </dev/null >>"$sluice_run_folder/stdout" 2>>"$sluice_run_folder/stderr" &
  fi
  sluice_client_pid[$name]=$!
  set +m
  sluice_client_processes[$name]=$processes
}

# What a client itself had to say: NAME
sluice_launch_log() {
  local log=$sluice_run_folder/roles/launch.$1.log
  if [ -e "$log" ]; then echo "$log"; else echo "$sluice_run_folder/stderr"; fi
}

# Whether a client has ended; keeps its code, which bash gives only once.
sluice_client_gone() {
  if [ -n "${sluice_client_code[$1]-}" ]; then return 0; fi
  if kill -0 "${sluice_client_pid[$1]}" 2>/dev/null; then return 1; fi
  wait "${sluice_client_pid[$1]}"
  sluice_client_code[$1]=$? sluice_client_gone_at[$1]=$SECONDS
}

# Ends every process that still runs: first they are asked, and have the grace time; then they are killed.
# Never by TERM to srun at first: it kills its tasks at once, and no service gets to close what it has open.
sluice_stop_roles() {
  sluice_put stop/all ''
  sluice_ask_clients
  if sluice_wait_clients $((sluice_kill_grace + 5)); then return; fi
  local client
  for client in "${!sluice_client_pid[@]}"; do
    sluice_client_gone "$client" || kill -TERM -- "-${sluice_client_pid[$client]}" 2>/dev/null
  done
  if sluice_wait_clients 10; then return; fi
  for client in "${!sluice_client_pid[@]}"; do
    sluice_client_gone "$client" || kill -KILL -- "-${sluice_client_pid[$client]}" 2>/dev/null
  done
  sluice_wait_clients 5
}

# Those that do not watch the stop folder, or need not wait until they look at it.
sluice_ask_clients() {
  local client step
  for client in "${!sluice_client_pid[@]}"; do
    if sluice_client_gone "$client" || sluice_client_is_ending "$client"; then continue; fi
    if [ "$sluice_one_world" = yes ] && [ "$sluice_mpi_by" = srun ]; then
      step=$(sluice_step_of "${sluice_client_processes[$client]%%$'\n'*}")
      scancel --signal=TERM "$SLURM_JOB_ID.$step" 2>/dev/null
    elif [ "$sluice_backend" = local ] || [ "$sluice_one_world" = yes ] || [ "$client" != "${client%.*}" ]; then
      # One shim beside this script, or the mpiexec.
      kill "-$([ "$sluice_one_world" = yes ] && echo TERM || echo USR1)" "${sluice_client_pid[$client]}" 2>/dev/null
    fi
  done
}

# Whether all processes of a client have left word of their end: it will follow by itself.
sluice_client_is_ending() {
  local process
  for process in ${sluice_client_processes[$1]}; do
    if [ -z "${sluice_end_code[$process]-}" ]; then return 1; fi
  done
  return 0
}

# Prints the number of the step in which a process runs: ROLE.RANK
sluice_step_of() {
  local step=0
  if [ -f "$sluice_state/up/$1" ]; then read -r _ _ _ step <"$sluice_state/up/$1"; fi
  echo "$step"
}

# Waits until all clients have ended, at most so many seconds.
sluice_wait_clients() {
  local client left end=$((SECONDS + $1))
  while :; do
    left=no
    for client in "${!sluice_client_pid[@]}"; do sluice_client_gone "$client" || left=yes; done
    if [ $left = no ]; then return 0; fi
    if [ "$SECONDS" -ge "$end" ]; then return 1; fi
    sleep 0.1
  done
}

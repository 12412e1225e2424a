# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# PyTorch: all processes are one world, whatever their role. Each is a rank with the variables that torch.distributed reads
# (`init_process_group` with init_method env://, its default); or, with the launcher torchrun, each is a torchrun that starts the
# ranks of its node. Rank 0 listens on a port that was free on its node; all wait until it is known.

sluice_needs_module=torch

# Whether this process is the world's first.
sluice_is_torch_master() {
  [ "$sluice_own_role.$sluice_own_rank" = "${sluice_role_names[0]}.0" ]
}

# On the node, before it is published.
sluice_pytorch_check() {
  if sluice_is_torch_master; then sluice_take_port; fi
}

# On the node, before the command.
sluice_pytorch_enter() {
  local ranks_here=1 address port
  read -r _ _ _ address port <"$sluice_state/members"
  if [ -n "$sluice_interface" ]; then
    sluice_give GLOO_SOCKET_IFNAME "$sluice_interface"
    sluice_give NCCL_SOCKET_IFNAME "$sluice_interface"
  fi
  if [ "$sluice_torch_launcher" = torchrun ]; then
    ranks_here=$((sluice_torch_ranks / sluice_role_procs[$sluice_own_role]))
    sluice_enter_torchrun "$address:$port" "$ranks_here"
  else
    sluice_give MASTER_ADDR "$address"
    sluice_give MASTER_PORT "$port"
    sluice_number_rank
  fi
  # Else each rank would take all cores of the node.
  sluice_give OMP_NUM_THREADS "$((sluice_role_cpus[$sluice_own_role] / ranks_here))"
}

# Gives the numbers of this rank. Ranks follow the order of the roles. As with torchrun, a group (NODE_RANK) is what one launcher would
# start: the ranks of one role on one node. LOCAL_RANK counts in it, and so picks one of the GPUs that are the role's there.
sluice_number_rank() {
  local role index host group own_group='' world=0 own=0 here=0 own_here=0
  local -A numbers=() counts=()
  while read -r role index host _; do
    group=$role@$host
    if [ -z "${numbers[$group]-}" ]; then numbers[$group]=${#numbers[@]}; fi
    if [ "$role.$index" = "$sluice_own" ]; then own=$world own_group=$group own_here=${counts[$group]:-0}; fi
    counts[$group]=$((${counts[$group]:-0} + 1))
    world=$((world + 1))
  done <"$sluice_state/members"
  sluice_give RANK "$own"
  sluice_give WORLD_SIZE "$world"
  sluice_give LOCAL_RANK "$own_here"
  sluice_give LOCAL_WORLD_SIZE "${counts[$own_group]}"
  sluice_give NODE_RANK "${numbers[$own_group]}"
}

# This process becomes the torchrun of its node: ENDPOINT RANKS_HERE
sluice_enter_torchrun() {
  sluice_give SLUICE_TORCH_ENDPOINT "$1"
  sluice_give SLUICE_TORCH_RANKS_HERE "$2"
  sluice_give SLUICE_TORCH_ID "sluice-$sluice_job"
  sluice_give SLUICE_TORCH_ADDRESS "$sluice_address"
  sluice_give SLUICE_TORCH_COMMAND "$sluice_attempt_folder/command"
  sluice_run_daemon torchrun.sh
}

# On the node, after the command: what torchrun knows of its ranks, whose codes it does not pass on: CODE
sluice_pytorch_ended() {
  local log words
  if [ "$1" = 0 ] || [ "$sluice_torch_launcher" != torchrun ] || [ "$sluice_stop_asked" = 1 ]; then return; fi
  log=$(sluice_log_of "$sluice_own")
  if tail -n 20 -- "$log" 2>/dev/null | grep -q "'NoneType' object has no attribute 'get'" && grep -q 'in to_map$' "$log"; then
    sluice_leave "$1" "$sluice_false_start its ranks: the torchrun of this PyTorch, which is older than 2.0, does not run with Python 3.11 and later; \
leave out \`launcher' (srun then starts the ranks), or take an image with a newer PyTorch"
  fi
  words=$(sed -n '/^Root Cause/,$ { s/^ *rank *: *\([0-9]*\) .*/rank \1/p; s/^ *exitcode *: *\(-\{0,1\}[0-9]*\) .*/\1/p; }' "$log" 2>/dev/null | head -n 2 | paste -sd ' ')
  case $words in
    'rank '*' -'*) sluice_leave "$1" "exited with $1: its ${words% -*} was ended by signal ${words##* -}" ;;
    'rank '*' '*) sluice_leave "$1" "exited with $1: its ${words% *} exited with ${words##* }" ;;
  esac
}

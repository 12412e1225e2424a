# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# MPI: all roles are one world, started by one srun (or, without Slurm, by the mpiexec of the machine). Two steps would be two worlds.
#
# An MPI library that does not find the process manager that it was built for starts as a world of one, with exit code 0. So each
# process compares the world that the launcher promises with the world that was asked for, before the program starts.

sluice_one_world=yes
# The library itself waits for all ranks, and an idle watcher a rank would disturb a tightly coupled program.
sluice_rendezvous=no
sluice_watch_stop=no

# In the batch script: starts the world: ROLE...
sluice_launch_world() {
  local total=0 role
  for role in "$@"; do total=$((total + sluice_role_procs[$role])); done
  if [ "$sluice_backend" = local ]; then
    sluice_find_mpiexec || return 1
    sluice_start_client world "$(sluice_processes "$@")" both \
      sluice_mpiexec -n "$total" bash "$sluice_lib/role.sh" "$sluice_state" world
  else
    sluice_launch_world_step "$total" "$@"
  fi
}

# One step over all components of a heterogeneous job, or over the nodes of an ordinary one: TOTAL ROLE...
# In an ordinary job every process gets the most cores that a role asks for: a step has one --cpus-per-task.
sluice_launch_world_step() {
  local total=$1 role groups='' cpus=1 options
  shift
  options=(--mpi="$sluice_mpi_type" --wait=0 --kill-on-bad-exit="$([ "$sluice_abort_on_fail" = yes ] && echo 1 || echo 0)")
  for role in "$@"; do
    if [ "${sluice_role_cpus[$role]}" -gt "$cpus" ]; then cpus=${sluice_role_cpus[$role]}; fi
    groups+=${groups:+,}${sluice_role_place[$role]#het:}
  done
  if [ "${sluice_role_place[$1]}" = packed ]; then
    options+=(--ntasks="$total" --cpus-per-task="$cpus" --nodes="$SLURM_JOB_NUM_NODES")
    sluice_spread_world "$@"
  else
    options+=(--het-group="$groups")
  fi
  sluice_start_client world "$(sluice_processes "$@")" both \
    sluice_srun "${options[@]}" bash "$sluice_lib/role.sh" "$sluice_state" world
}

# Adds to `options` which rank goes to which node, where the plan says more than "the same everywhere".
sluice_spread_world() {
  local role
  for role in "$@"; do
    if [ -z "${sluice_role_hosts[$role]-}" ]; then
      # Several roles without a spread are on one node, and the numbers of the first are not the world's.
      if [ $# = 1 ] && [ $((sluice_role_nodes[$role] * sluice_role_per_node[$role])) = "${sluice_role_procs[$role]}" ]; then
        options+=(--ntasks-per-node="${sluice_role_per_node[$role]}")
      fi
      return
    fi
    sluice_write_hostfile "$role"
  done
  for role in "$@"; do cat "$sluice_state/hostfile.$role"; done >"$sluice_state/hostfile"
  options+=(--distribution=arbitrary --nodelist="$sluice_state/hostfile")
}

# mpiexec without Slurm: with variables of a job around it, it would start its ranks by srun and hang.
sluice_mpiexec() {
  unset "${!SLURM_@}" "${!PMI@}" "${!OMPI_@}" "${!HYDI_@}"
  case $sluice_mpi_flavour in
    mpich) exec "$sluice_mpi_program" -launcher fork "$@" ;;
    openmpi)
      if [ "$(id -u)" = 0 ]; then set -- --allow-run-as-root "$@"; fi
      exec "$sluice_mpi_program" --oversubscribe "$@"
      ;;
    *) exec "$sluice_mpi_program" "$@" ;;
  esac
}

# Sets sluice_mpi_program and sluice_mpi_flavour to an mpiexec of the kind that the task names, `mpi` meaning any.
sluice_find_mpiexec() {
  local name
  for name in "mpiexec.$sluice_mpi_kind" mpiexec mpirun; do
    sluice_mpi_program=$(command -v "$name") || continue
    sluice_mpi_flavour=$(sluice_flavour_of "$sluice_mpi_program")
    case $sluice_mpi_kind in
      mpi | "$sluice_mpi_flavour") return 0 ;;
    esac
  done
  sluice_fail_start "no mpiexec of $sluice_mpi_kind on the PATH of $sluice_node; install one, or run with the Slurm backend"
  return 1
}

# Prints mpich, openmpi, intelmpi or unknown: PROGRAM. The name says nothing: alternatives and modules change what it means.
sluice_flavour_of() {
  case $("$1" --version 2>&1 | head -n 5) in
    *'Open MPI'* | *OpenRTE*) echo openmpi ;;
    *Intel*) echo intelmpi ;;
    *HYDRA* | *MPICH*) echo mpich ;;
    *) echo unknown ;;
  esac
}

# On the node: from the rank in the world to the role and the rank in it; roles follow each other in the world.
sluice_mpi_find_self() {
  local rank role procs
  rank=${PMI_RANK-${PMIX_RANK-${OMPI_COMM_WORLD_RANK-${SLURM_PROCID-}}}}
  sluice_give SLUICE_WORLD_RANK "$rank"
  sluice_world_size=0
  for role in "${sluice_role_names[@]}"; do
    procs=${sluice_role_procs[$role]}
    if [ "$sluice_own_role" = world ] && [ "$rank" -lt $((sluice_world_size + procs)) ]; then
      sluice_own_role=$role sluice_own_rank=$((rank - sluice_world_size))
    fi
    sluice_world_size=$((sluice_world_size + procs))
  done
  sluice_give SLUICE_WORLD_SIZE "$sluice_world_size"
  if [ "$sluice_own_role" = world ]; then sluice_own_role=${sluice_role_names[0]} sluice_own_rank=$rank; fi
}

# On the node: the launcher's world must be the world that was asked for.
sluice_mpi_check() {
  local promised
  if [ "$sluice_backend" != local ]; then sluice_check_process_manager; fi
  promised=${PMI_SIZE-${OMPI_COMM_WORLD_SIZE-${SLURM_NTASKS-}}}
  if [ "$promised" != "$sluice_world_size" ]; then
    sluice_refuse "the launcher made a world of ${promised:-no} ranks, asked were $sluice_world_size"
  fi
}

# On the node, before the command: what the launcher has told this process, given again by name. A container with a clean environment
# (`--cleanenv`) would not let it in, and each rank would be a world of its own, in silence.
sluice_mpi_enter() {
  local name list="sluice_container_${sluice_own_role}[@]" container
  for name in "${!PMI@}" "${!OMPI_@}" "${!PRTE_@}" "${!HYDI_@}" "${!SLURM_@}" "${!MPIR_@}" "${!I_MPI_@}" "${!UCX_@}" "${!FI_@}"; do
    sluice_environment+=("$name=${!name}")
  done
  # Ordinary users have a user namespace for each process, across which UCX cannot open its neighbours' files.
  container=("${!list}")
  if [ "$(id -u)" != 0 ] && [ ${#container[@]} -gt 0 ]; then sluice_give UCX_POSIX_USE_PROC_LINK "${UCX_POSIX_USE_PROC_LINK-n}"; fi
}

# Each process manager leaves its mark on a process; without it the ranks cannot find each other.
sluice_check_process_manager() {
  local other="set the type in the site file's [mpi] to one that \`srun --mpi=list\` names"
  case $sluice_mpi_type in
    pmi2) sluice_check_pmi2 ;;
    pmix*)
      if [ -z "${PMIX_NAMESPACE-}" ]; then sluice_refuse "srun --mpi=$sluice_mpi_type gave no PMIX_NAMESPACE; $other"; fi
      ;;
    none | '') sluice_refuse "srun --mpi=none makes no world of its ranks; $other" ;;
  esac
}

# PMI-2 is a socket inherited from slurmstepd. Without it each rank of an MPICH program would be a world of its own, in silence.
sluice_check_pmi2() {
  if [ -z "${PMI_FD-}" ]; then
    sluice_refuse "srun --mpi=pmi2 gave no PMI_FD; $other"
  fi
  if [ ! -e "/proc/self/fd/$PMI_FD" ]; then
    sluice_refuse "the socket of PMI-2, file descriptor $PMI_FD, was closed on the way to this process"
  fi
}

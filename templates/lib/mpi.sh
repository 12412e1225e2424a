# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# MPI: all roles are one world, started by one srun (or, without Slurm, by the mpiexec of the machine). Two steps would be two worlds.
#
# An MPI library that does not find the process manager that it was built for starts as a world of one, with exit code 0. So each
# process compares the world that the launcher promises with the world that was asked for, before the program starts; and a program
# whose library speaks something else than the launcher runs into a trap (sluice_lay_trap, sluice_bar_singletons) and not into a world of one.

sluice_one_world=yes
# The library itself waits for all ranks, and an idle watcher a rank would disturb a tightly coupled program. Only the addresses of an interface
# are known to nobody before the ranks are there.
sluice_rendezvous=$([ -n "${sluice_interface-}" ] && echo yes || echo no)
sluice_watch_stop=no

# In the batch script: what starts the ranks: srun, or the flavour's own mpiexec where the site says so or there is no Slurm.
sluice_mpi_prepare() {
  sluice_mpi_by=${sluice_mpi_launcher:-srun}
  if [ "$sluice_backend" = local ]; then sluice_mpi_by=mpiexec; fi
  sluice_guard_command=$([ "$sluice_mpi_by" = srun ] && echo no || echo yes)
}

# In the batch script: starts the world: ROLE...
sluice_launch_world() {
  local total=0 role
  for role in "$@"; do total=$((total + sluice_role_procs[$role])); done
  if [ "$sluice_mpi_by" = mpiexec ]; then sluice_find_mpiexec || return 1; fi
  if [ "$sluice_mpi_by" = srun ]; then sluice_nodes_fit "$@" || return 1; fi
  if [ -z "$sluice_interface" ]; then sluice_foresee_members "$@"; fi
  if [ "$sluice_mpi_by" = mpiexec ]; then
    sluice_launch_world_by_mpiexec "$total" "$@"
  else
    sluice_launch_world_step "$total" "$@"
  fi
}

# Writes down who will be where, since the ranks do not wait until they have told. What they then tell takes its place: ROLE...
sluice_foresee_members() {
  local role rank host lines=()
  for role in "$@"; do
    rank=0
    for host in $(sluice_foresee_hosts "$role"); do
      lines+=("$role $rank $host $host -")
      rank=$((rank + 1))
    done
  done
  sluice_put_members "${lines[@]}"
}

# Prints the node of each process of a role, a line each: as the plan says, else node after node as Slurm fills them, none empty.
sluice_foresee_hosts() {
  local role=$1 left=${sluice_role_procs[$1]} most=${sluice_role_per_node[$1]} nodes=() node count group=${sluice_role_place[$1]#het:}
  local list
  if [ "$sluice_backend" = local ]; then
    nodes=(localhost) most=$left
  elif [ -n "${sluice_role_hosts[$role]-}" ]; then
    sluice_write_hostfile "$role"
    cat "$sluice_state/hostfile.$role"
    return
  else
    list=$(if [ "$group" = packed ]; then scontrol show hostnames "$SLURM_JOB_NODELIST"; else sluice_component_nodes "$group"; fi)
    mapfile -t nodes <<<"$list"
  fi
  for node in "${!nodes[@]}"; do
    count=$((left - (${#nodes[@]} - 1 - node)))
    if [ "$count" -gt "$most" ]; then count=$most; fi
    left=$((left - count))
    for (( ; count > 0; count--)); do echo "${nodes[$node]}"; done
  done
}

# Prints the nodes of a component of a heterogeneous job, a line each: GROUP
sluice_component_nodes() {
  local name=SLURM_JOB_NODELIST_HET_GROUP_$1
  # Before 20.02.
  if [ -z "${!name-}" ]; then name=SLURM_JOB_NODELIST_PACK_GROUP_$1; fi
  scontrol show hostnames "${!name}"
}

# PMIx of Slurm before 23.02.2 puts the ranks of a heterogeneous job, in their order, on the sorted list of all of its nodes. Where the components'
# nodes do not ascend, ranks take others for their neighbours than those who are, and die or hang in MPI_Init: ROLE...
sluice_nodes_fit() {
  local role nodes=()
  if [ "${sluice_het_nodes-}" != ascending ] || [ "${sluice_role_place[$1]}" = packed ]; then return 0; fi
  for role in "$@"; do
    mapfile -t -O ${#nodes[@]} nodes <<<"$(sluice_component_nodes "${sluice_role_place[$role]#het:}")"
  done
  local IFS=,
  if [ "$(scontrol show hostlist "${nodes[*]}")" = "$(scontrol show hostlistsorted "${nodes[*]}")" ]; then return 0; fi
  sluice_fail_start "$sluice_false_start its ranks: Slurm before 23.02.2 tells ranks of a heterogeneous job over PMIx wrongly where they are, unless the nodes\
 of its roles ascend from each role to the next; it gave ${nodes[*]}; leave out \`form: \"het\"\`, for one ordinary job"
  return 1
}

# What to do about a process manager that the program's MPI library does not know: TYPE [FLAVOURS], what it knows and whose library it may be.
sluice_mpi_advice() {
  if [ "$sluice_backend" = local ]; then
    echo "name the flavour of the program in \`cluster\`, and have the mpiexec of that flavour on the PATH"
  elif [ "$sluice_mpi_by" = mpiexec ]; then
    echo "name the flavour of the program in \`cluster\`; the site's launcher is the mpiexec of that flavour"
  elif [[ " mpi ${2-$sluice_mpi_kind} " == *" $sluice_mpi_kind "* ]]; then
    echo "set \`$sluice_mpi_kind\` in the site file's [mpi] to $1; srun here offers $(sluice_offered_types)"
  else
    echo "name the flavour of the program in \`cluster\`, in place of \`$sluice_mpi_kind\`"
  fi
}

# What srun --mpi= takes on this node, in one line.
sluice_offered_types() {
  local types
  types=$(srun --mpi=list 2>&1 | grep -E '^[[:space:]]+[a-z0-9_]+$' | tr -s '[:space:]' ' ')
  types=${types# } types=${types% }
  echo "${types:-nothing that it tells of}"
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
    options+=("${sluice_het_option:---het-group}=$groups")
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

# Starts the world by the flavour's own mpiexec; in a job of Slurm this one finds its nodes by itself: TOTAL ROLE...
sluice_launch_world_by_mpiexec() {
  local total=$1 per_node=0 role options=()
  shift
  for role in "$@"; do per_node=$((per_node + sluice_role_per_node[$role])); done
  if [ "$sluice_backend" != local ]; then
    if [ -n "${sluice_role_hosts[$1]-}" ]; then sluice_write_machines "$@" && options=("${sluice_machines[@]}"); fi
    if [ $# = 1 ] && [ ${#options[@]} = 0 ]; then
      case $sluice_mpi_flavour in
        openmpi) options=(--map-by "ppr:$per_node:node") ;;
        *) options=(-ppn "$per_node") ;;
      esac
    fi
  fi
  sluice_start_client world "$(sluice_processes "$@")" both \
    sluice_mpiexec -n "$total" "${options[@]}" bash "$sluice_lib/role.sh" "$sluice_state" world
}

# Writes which nodes the ranks go to, role after role, and leaves the options that name the file in sluice_machines: ROLE...
sluice_write_machines() {
  local role
  for role in "$@"; do sluice_write_hostfile "$role"; done
  for role in "$@"; do cat "$sluice_state/hostfile.$role"; done >"$sluice_state/hostfile"
  case $sluice_mpi_flavour in
    # One line a rank, in their order. Slurm counts one slot a node in a packed job, and nothing is oversubscribed in truth.
    openmpi) sluice_machines=(--map-by seq --bind-to none --oversubscribe --mca mpi_yield_when_idle 0 --hostfile "$sluice_state/hostfile") ;;
    # Its -f is a list of nodes only, each filled as Slurm has it.
    intelmpi) sluice_machines=(-machinefile "$sluice_state/hostfile") ;;
    *) sluice_machines=(-f "$sluice_state/hostfile") ;;
  esac
}

# mpiexec. Without Slurm, variables of a job around it would make it start its ranks by srun and hang. In a job of Slurm all ranks would
# take the name of the first node for their own.
sluice_mpiexec() {
  unset "${!PMI@}" "${!OMPI_COMM@}" "${!HYDI_@}"
  if [ "$sluice_backend" != local ]; then
    unset SLURMD_NODENAME SLURM_PROCID
    # Intel MPI's would take ssh where it is given a list of nodes.
    export I_MPI_HYDRA_BOOTSTRAP="${I_MPI_HYDRA_BOOTSTRAP-slurm}"
    if [ "$(id -u)" = 0 ] && [ "$sluice_mpi_flavour" = openmpi ]; then set -- --allow-run-as-root "$@"; fi
    exec "$sluice_mpi_program" "$@"
  fi
  unset "${!SLURM_@}"
  case $sluice_mpi_flavour in
    mpich) exec "$sluice_mpi_program" -launcher fork "$@" ;;
    openmpi)
      if [ "$(id -u)" = 0 ]; then set -- --allow-run-as-root "$@"; fi
      exec "$sluice_mpi_program" --oversubscribe "$@"
      ;;
    *) exec "$sluice_mpi_program" "$@" ;;
  esac
}

# Sets sluice_mpi_program and sluice_mpi_flavour to an mpiexec of the kind that the task names, `mpi` meaning any. What a module has put on the PATH
# comes before what the machine has beside its default.
sluice_find_mpiexec() {
  local name
  for name in mpiexec mpirun "mpiexec.$sluice_mpi_kind"; do
    sluice_mpi_program=$(command -v "$name") || continue
    sluice_mpi_flavour=$(sluice_flavour_of "$sluice_mpi_program")
    case $sluice_mpi_kind in
      mpi | "$sluice_mpi_flavour") return 0 ;;
    esac
  done
  local advice='install one, or run with the Slurm backend'
  if [ "$sluice_backend" != local ]; then advice="load its module ([node] modules), or have the site file say srun as launcher"; fi
  sluice_fail_start "no mpiexec of $sluice_mpi_kind on the PATH of $sluice_node; $advice"
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
  if [ "$sluice_mpi_by" = srun ]; then sluice_check_process_manager; fi
  promised=${PMI_SIZE-${OMPI_COMM_WORLD_SIZE-${SLURM_NTASKS-}}}
  if [ "$promised" != "$sluice_world_size" ]; then
    sluice_refuse "$sluice_no_world: the launcher made one of ${promised:-no} ranks, asked were $sluice_world_size"
  fi
}

# On the node, before the command: what the launcher has told this process, given again by name. A container with a clean environment
# (`--cleanenv`) would not let it in, and each rank would be a world of its own, in silence.
sluice_mpi_enter() {
  local name list="sluice_container_${sluice_own_role}[@]" container
  # That of Open MPI puts the folder of its own programs before what the site says.
  if [ "$sluice_mpi_by" = mpiexec ]; then PATH=$sluice_path; fi
  if [ -n "${PMIX_NAMESPACE-}" ] && [ -z "${PMI_FD-}" ]; then sluice_lay_trap; fi
  if [ "$sluice_world_size" -gt 1 ]; then sluice_bar_singletons; fi
  if [ "$sluice_mpi_kind" = intelmpi ] && [ "$sluice_mpi_by" = srun ] && [ -n "${sluice_pmi_library-}" ]; then
    export I_MPI_PMI_LIBRARY="$sluice_pmi_library"
  fi
  case $sluice_mpi_kind.${sluice_role_place[$sluice_own_role]} in
    # Ranks of two components do not know which of them share a node.
    openmpi.het:*) export OMPI_MCA_btl="${OMPI_MCA_btl-^vader}" ;;
    # These tell of the own component only. Intel MPI takes them for the world's; ranks that think differently of it wait for each other for ever, now
    # and then, in their first messages (seen with 2021.18: 10 of 84 worlds, and none of 56 without them).
    *.het:*) unset SLURM_NNODES SLURM_NODELIST SLURM_NTASKS SLURM_TASKS_PER_NODE SLURM_DISTRIBUTION SLURM_DIST_PLANESIZE ;;
  esac
  container=("${!list}")
  if [ ${#container[@]} -gt 0 ]; then sluice_fit_container; fi
  for name in "${!PMI@}" "${!OMPI_@}" "${!PRTE_@}" "${!HYDI_@}" "${!SLURM_@}" "${!MPIR_@}" "${!I_MPI_@}" "${!UCX_@}" "${!FI_@}"; do
    sluice_environment+=("$name=${!name}")
  done
}

# What MPI needs in a container: the folder of slurmstepd's PMIx server; and, since ordinary users have a user namespace for each process, no way
# of reading a neighbour's memory or files that a namespace bars. The author's own choice holds.
sluice_fit_container() {
  local folder
  for folder in "${PMIX_SERVER_TMPDIR-}" "${PMIX_SYSTEM_TMPDIR-}"; do
    case $folder in
      '' | /tmp | /tmp/) ;;
      *) if [ -d "$folder" ]; then sluice_same_path "${folder%/}"; fi ;;
    esac
  done
  if [ -n "${PMIX_NAMESPACE-}" ]; then export PMIX_MCA_gds="${PMIX_MCA_gds-hash}"; fi
  if [ "$(id -u)" = 0 ]; then return; fi
  export UCX_POSIX_USE_PROC_LINK="${UCX_POSIX_USE_PROC_LINK-n}" UCX_TLS="${UCX_TLS-^cma}" FI_SHM_DISABLE_CMA="${FI_SHM_DISABLE_CMA-1}"
  # Else large messages within a node go by TCP, whose connections MPICH waits to close while its neighbour is beyond answering.
  export UCX_TCP_PUT_ENABLE="${UCX_TCP_PUT_ENABLE-n}"
  export OMPI_MCA_btl_vader_single_copy_mechanism="${OMPI_MCA_btl_vader_single_copy_mechanism-none}" OMPI_MCA_smsc="${OMPI_MCA_smsc-^cma}"
}

# A library that speaks PMI-1 or PMI-2 and no PMIx would find nothing, and make a world of one. Here it finds a file in place of the socket:
# what it writes there is the proof, and since nobody answers it gives up. Libraries that speak PMIx do not look at it, as long as there is no
# PMI_SIZE: with one, MPICH 5 takes neither.
sluice_lay_trap() {
  exec {PMI_FD}<>"$sluice_scratch/pmi" || return
  export PMI_FD
}

# Open MPI makes a world of one where it finds no PMIx. Up to 4 it does not if it is told of a server that it cannot reach; since 5, if PMIx itself
# cannot begin, for want of the way that it is to prove with who it is. In a world of its own launcher it does not ask.
sluice_bar_singletons() {
  export OMPI_MCA_ess_singleton_server="${OMPI_MCA_ess_singleton_server-file:/no-world-of-one}"
  if [ -z "${PMIX_NAMESPACE-}" ]; then export PMIX_SECURITY_MODE=no-world-of-one; fi
}

# On the node, after the command: whether it failed for want of the process manager that its library knows: CODE
sluice_mpi_ended() {
  local has='Slurm gives' want library
  if [ "$sluice_mpi_by" = mpiexec ]; then has='mpiexec gives'; fi
  # What is in the trap proves it whatever the code; MPICH since 4.3 looks at the environment, and says it.
  if [ -s "$sluice_scratch/pmi" ] || { [ "$1" != 0 ] && sluice_has_said 'unsupported PMI version PMIx|not compatible with PMI1' >/dev/null; }; then
    want="$has PMIx, and the program's MPI library speaks PMI-1 or PMI-2 (MPICH, Intel MPI and their kin): $(sluice_mpi_advice pmi2 'mpich intelmpi')"
  # Intel MPI goes on after these words, which come first.
  elif sluice_has_said 'PMI server not found' 65536 >/dev/null; then
    want="the program's MPI library (Intel MPI) found nothing of what $has: the command has to leave PMI_FD as it is"
    if [ "$sluice_mpi_by" = srun ]; then want+=", and old releases need Slurm's PMI library: \`pmi_library\` in the site file's [distributed]"; fi
  elif [ "$1" = 0 ]; then
    return 0
  # The loader's words; the program itself was never started.
  elif library=$(sluice_has_said 'rror (while )?loading shared librar(y|ies):? lib[^: ]*mpi[^: ]*'); then
    sluice_leave "$1" "$sluice_unfit there is no MPI library ${library##* }, $(sluice_say_where)"
  # Open MPI up to 4, and since 5; that of a Python package has no texts and says the name of the one that is meant.
  elif ! sluice_has_said 'OMPI was not built with SLURM|singleton was unable to access|access to a local PMIx server|^ +no-pmi$' >/dev/null; then
    return 0
  elif [ -n "${PMIX_NAMESPACE-}" ]; then
    want="$has PMIx, and the program's MPI library (Open MPI) could not speak with it"
    want+=': their versions of PMIx may not fit, or the image hides its files'
  else
    want="$has PMI, and the program's MPI library (Open MPI) speaks PMIx: $(sluice_mpi_advice pmix openmpi)"
  fi
  sluice_leave 1 "$sluice_no_world: $want"
}

# Prints the first match in this process's log, or in so much of it; fails where there is none: EXPRESSION [BYTES]
sluice_has_said() {
  head -c "${2--0}" -- "$(sluice_log_of "$sluice_own")" 2>/dev/null | grep -aoE -m 1 -e "$1"
}

# Each process manager leaves its mark on a process; without it the ranks cannot find each other.
sluice_check_process_manager() {
  case $sluice_mpi_type in
    pmi2) sluice_check_pmi2 ;;
    pmix*)
      if [ -z "${PMIX_NAMESPACE-}" ]; then
        sluice_refuse "$sluice_no_world: srun --mpi=$sluice_mpi_type gave no PMIX_NAMESPACE; $(sluice_mpi_advice 'another type')"
      fi
      ;;
    none | '') sluice_refuse "$sluice_no_world: srun --mpi=none makes no world of its ranks; $(sluice_mpi_advice 'another type')" ;;
  esac
}

# PMI-2 is a socket inherited from slurmstepd. Without it each rank of an MPICH program would be a world of its own, in silence.
sluice_check_pmi2() {
  if [ -z "${PMI_FD-}" ]; then
    sluice_refuse "$sluice_no_world: srun --mpi=pmi2 gave no PMI_FD; $(sluice_mpi_advice 'another type')"
  fi
  if [ ! -e "/proc/self/fd/$PMI_FD" ]; then
    sluice_refuse "$sluice_no_world: the socket of PMI-2, file descriptor $PMI_FD, was closed on the way to this process"
  fi
}

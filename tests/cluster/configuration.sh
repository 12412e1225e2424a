# shellcheck shell=bash
# Configuration files of the test cluster. Sourced by `slurm`, whose options they are written from.

write_configuration() {
  write_hosts
  write_munge_key
  write_slurm_conf
  write_gres_conf
  write_cgroup_conf
  write_slurmdbd_conf
  : >"$DIR/etc/plugstack.conf"
}

node_names() { seq -f 'n%.0f' 1 "$NODES"; }

# Nodes n1 and n2 (fewer if there are fewer) have two GPUs each.
gpu_node_count() { echo $((NODES < 2 ? NODES : 2)); }

# Every name resolves to 127.0.0.1 itself, not to an address of its own: an srun inside a job listens on the address of
# its node's name, but the step daemons call back the address its request came from, which is 127.0.0.1.
write_hosts() {
  {
    echo "127.0.0.1 localhost $CONTROLLER"
    sed "s/^/127.0.0.1 /" < <(node_names)
    grep -vE '^127\.' /etc/hosts || true
  } >"$DIR/etc/hosts"
}

write_munge_key() {
  (umask 077 && head -c 128 /dev/urandom >"$DIR/munge/key")
}

write_slurm_conf() {
  {
    slurm_conf_daemons
    slurm_conf_scheduling
    slurm_conf_limits
    slurm_conf_accounting
    slurm_conf_nodes
    slurm_conf_partitions
    if [ -n "$EXTRA" ]; then cat "$EXTRA"; fi
  } >"$CONF"
}

# NoInAddrAny keeps the daemons off every other address than that of their host's name.
# cred_expire: a requeued job waits this long before it may start again (120 s by default).
# PropagateResourceLimits: a job must not get the limits of whoever started the tests.
slurm_conf_daemons() {
  cat <<CONF
ClusterName=sluice-test
SlurmctldHost=$CONTROLLER(127.0.0.1)
SlurmctldPort=$((PORT + 1))
SlurmUser=$USER_NAME
SlurmdUser=$USER_NAME
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$DIR/munge/socket,cred_expire=10
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$DIR/state
SlurmctldPidFile=$DIR/run/slurmctld.pid
SlurmctldLogFile=$DIR/log/slurmctld.log
SlurmdPidFile=$DIR/run/slurmd.%n.pid
SlurmdLogFile=$DIR/log/slurmd.%n.log
SlurmdSpoolDir=$DIR/spool/%n
# One each: two nodes of one machine would fight over the same file names in it.
TmpFS=$DIR/tmp/%n
# Believe the node lines below, not the machine.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
SwitchType=switch/none
MpiDefault=none
PropagateResourceLimits=NONE
MailProg=/bin/true
CONF
}

# batch_sched_delay, sched_interval, bf_interval: a test must not wait for the scheduler's next round; only the backfill
# scheduler starts heterogeneous jobs.
slurm_conf_scheduling() {
  cat <<CONF
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=100
GresTypes=gpu
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1,bf_continue,bf_max_job_test=5000,default_queue_depth=5000
DependencyParameters=kill_invalid_depend
PriorityType=priority/basic
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
MaxArraySize=10001
MaxJobCount=50000
CONF
}

# Short times, so that a test sees a dead node, an old job purged or a job killed within its own time.
# Without --cgroup Slurm polls a step's memory once a second and kills what is above its limit.
slurm_conf_limits() {
  cat <<CONF
MinJobAge=30
KillWait=$KILL_WAIT
CompleteWait=0
InactiveLimit=0
SlurmctldTimeout=30
SlurmdTimeout=10
MessageTimeout=10
BatchStartTimeout=10
ReturnToService=2
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
CONF
  if [ "$CGROUP" = yes ]; then
    echo 'TaskPlugin=task/cgroup'
  else
    printf '%s\n' 'TaskPlugin=task/none' 'JobAcctGatherParams=OverMemoryKill'
  fi
}

# AccountingStoragePass, not AuthInfo, is where the clients of slurmdbd look for munge's socket.
slurm_conf_accounting() {
  [ "$ACCOUNTING" = yes ] || return 0
  cat <<CONF
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((PORT + 2))
AccountingStoragePass=$DIR/munge/socket
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment
CONF
}

slurm_conf_nodes() {
  local i hostname gres
  for ((i = 1; i <= NODES; i++)); do
    hostname=$CONTROLLER gres=
    if [ "$NAMESPACES" = yes ]; then hostname=n$i; fi
    if [ "$i" -le "$(gpu_node_count)" ]; then gres='Gres=gpu:2'; fi
    echo "NodeName=n$i NodeHostname=$hostname NodeAddr=127.0.0.1 Port=$((PORT + 10 + i))" \
      "CPUs=$CPUS RealMemory=$MEMORY $gres State=UNKNOWN"
  done
}

slurm_conf_partitions() {
  local all="n[1-$NODES]"
  cat <<CONF
PartitionName=batch Default=YES Nodes=$all MaxTime=INFINITE DefaultTime=60 PriorityTier=10
PartitionName=debug Nodes=$all MaxTime=2 DefaultTime=1 PriorityTier=10
PartitionName=one Nodes=n1 DefaultTime=60 PriorityTier=10
PartitionName=gpu Nodes=n[1-$(gpu_node_count)] MaxTime=1-0 DefaultTime=60 PriorityTier=10
PartitionName=low Nodes=$all DefaultTime=60 PriorityTier=1 PreemptMode=REQUEUE
PartitionName=lowkill Nodes=$all DefaultTime=60 PriorityTier=1 PreemptMode=CANCEL
PartitionName=high Nodes=$all DefaultTime=60 PriorityTier=100 PreemptMode=OFF
CONF
}

# A GPU without a device file registers as none at all, and the node is drained. The devices here are twins of /dev/null;
# plain files, where devices cannot be made, count too.
write_gres_conf() {
  local i gpu device
  for ((i = 1; i <= $(gpu_node_count); i++)); do
    for gpu in 0 1; do
      device=$DIR/dev/n$i-gpu$gpu
      mknod "$device" c 1 3 2>/dev/null || : >"$device"
    done
    echo "NodeName=n$i Name=gpu File=$DIR/dev/n$i-gpu[0-1]"
  done >"$DIR/etc/gres.conf"
}

# The swap of a container's host is often not accounted, so only memory itself is held to the limit.
write_cgroup_conf() {
  {
    echo 'CgroupAutomount=no'
    if [ "$CGROUP" = yes ]; then
      printf '%s\n' 'CgroupPlugin=cgroup/v1' "CgroupMountpoint=$CGROUP_ROOT" 'ConstrainRAMSpace=yes' 'ConstrainSwapSpace=no'
    fi
  } >"$DIR/etc/cgroup.conf"
}

# StorageHost=localhost means "by the socket in MYSQL_UNIX_PORT": the database has no TCP port at all.
write_slurmdbd_conf() {
  (
    umask 077 # slurmdbd refuses a file that others can read
    cat >"$DIR/etc/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$DIR/munge/socket,cred_expire=10
CommunicationParameters=NoInAddrAny
DbdHost=$CONTROLLER
DbdAddr=127.0.0.1
DbdPort=$((PORT + 2))
SlurmUser=$USER_NAME
LogFile=$DIR/log/slurmdbd.log
PidFile=$DIR/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=$USER_NAME
StorageLoc=slurm_accounting
CommitDelay=1
CONF
  )
}

# shellcheck shell=bash
# Linux capabilities that this process lacks. Sourced by `apptainer` and examples/images/build.

# missing_capabilities: a name a line; none for a root who may do all.
missing_capabilities() {
  local permitted bit last
  permitted=$((16#$(awk '/^CapPrm:/ { print $2 }' /proc/self/status)))
  last=$(</proc/sys/kernel/cap_last_cap)
  for ((bit = 0; bit <= last; bit++)); do
    if ((!(permitted >> bit & 1))); then capability_name "$bit"; fi
  done
}

# The names have the order of the numbers in the kernel's capability.h: NUMBER
capability_name() {
  local names=(CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN
    NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME
    SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
    CHECKPOINT_RESTORE)
  echo "CAP_${names[$1]}"
}

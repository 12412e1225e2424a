# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# TensorFlow: every process is told the whole cluster and its own place in it by TF_CONFIG, before it starts; so each takes a port
# first and waits for all others' (role.sh). Parameter servers, workers, chief and MultiWorkerMirrored all go this way.

sluice_needs_module=tensorflow

# On the node, before it is published.
sluice_tensorflow_check() {
  if [ "$sluice_own_role" != evaluator ]; then sluice_take_port; fi
}

# On the node, before the command. An evaluator has a task but is no member of the cluster.
sluice_tensorflow_enter() {
  local cluster
  cluster=$(sed 's/"evaluator":\[[^]]*\],\{0,1\}//; s/,}$/}/' "$sluice_state/cluster.json")
  sluice_give TF_CONFIG "{\"cluster\":$cluster,\"task\":{\"type\":\"$sluice_own_role\",\"index\":$sluice_own_rank}}"
  # A parameter server with no GPU of its own must not take memory of the workers' GPUs on its node.
  if [ "$sluice_own_role" = ps ] && [ -z "${sluice_role_gres[ps]-}" ]; then sluice_give CUDA_VISIBLE_DEVICES -1; fi
}

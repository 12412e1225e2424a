task t {
  command <<<
    echo ${#array[@]}
  >>>
}

version 1.2
task needs_one {
  command <<< echo >>>
  requirements { fpga: true }
}
task hints_at_one {
  command <<< echo hinted >>>
  requirements { fpga: false }
  hints { fpga: "1" }
  output { String said = read_string(stdout()) }
}

task a {
  command { x }
  runtime { docker: "i" }

task b {
  command { y }
}

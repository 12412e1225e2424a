task T {
  command { echo }
}

workflow w {
  call T as a after c
  call T as b after a
  call T as c after b
}

task t { command { true } }
workflow w {
  call t as first
  call t as second after frist
  call t as third after nobody
}

task t {
  command { a }
  command <<< b >>>
}

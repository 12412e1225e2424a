sluice_keyvalue_enter() {
  if true; then
}

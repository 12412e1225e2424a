sluice_keyvalue_enter() { sluice_give KV yes; }

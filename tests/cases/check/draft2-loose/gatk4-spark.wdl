task spark { command { x } }

version 1.1
task noop { command <<< >>> }

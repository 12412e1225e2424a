version 1.0
task any_code {
  command <<< exit 3 >>>
  runtime { continueOnReturnCode: true }
}
task some_codes {
  command <<< exit 3 >>>
  runtime { continueOnReturnCode: [0, 3] }
}
task no_other_code {
  command <<< exit 3 >>>
  runtime { continueOnReturnCode: false }
}

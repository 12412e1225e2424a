version 1.0
task spaces {
  command <<<
    python <<CODE
      print("~{
   "opaque"
      }")

    CODE
  >>>
}
task tabs {
  command {
		echo one
    	echo two
  	  
			echo three
  }
}
task one_line { command { echo hi } }
task after_fence {
  command <<< echo first
    echo second
  >>>
}
task placeholder_first {
  command <<<
      ~{"x"} a
    b
      c ~{"y"}
  >>>
}
task empty { command {} }
task blank { command {

  } }
task continued {
  command <<<
    a \
      b \
    c
  >>>
}

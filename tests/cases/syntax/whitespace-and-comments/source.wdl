# before the version
	# again, version 9

version   1.1 # after
#!/bin/sh
workflow w{input{Int a# c
Array [ Int ] + x}
call a.b#c
as c after d{input:a=1#,
,b=2}scatter(i in[1]){}if(true){}Int y=x[0]}

import "lib/${x}.wdl"

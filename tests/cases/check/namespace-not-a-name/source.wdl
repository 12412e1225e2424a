import "gatk4-spark.wdl"
workflow w { call gatk4.spark }

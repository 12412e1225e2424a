version 1.0
workflow w { input { Map[Int] a } }

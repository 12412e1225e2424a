version 1.1
import "homes.wdl" alias Address as Home
struct Person { String name  Home home }

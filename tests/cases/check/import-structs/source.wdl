version 1.1
import "people.wdl" alias Person as Human alias Persn as Nobody
import "missing.wdl" as gone

struct Team { Human lead  Array[Human]+ members  Address? home }
struct Address { Int number }

workflow w {
  input { Team team  Unknown from_missing }
  Human other = Human { name: "Ann", home: Home { street: "High Street" } }
  call gone.anything { input: x = 1 }
  output {
    String street = team.lead.home.street
    String bad = team.lead.hom
    Human o = other
  }
}

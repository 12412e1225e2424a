version 1.3
# Branches may share a name; outside it is one name.
workflow w {
  input { Int n }
  if (n > 2) { String size = "large" } else if (n > 1) { String size = "middling" } else { String size = "small" }
  output { String? said = size }
}

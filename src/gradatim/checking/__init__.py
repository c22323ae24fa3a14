"""Write it yourself: a student's own code beside the definition, in a process of its own."""

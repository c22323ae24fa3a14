"""The verbs, one a file. Each imports its job when it runs, so that help costs nothing."""

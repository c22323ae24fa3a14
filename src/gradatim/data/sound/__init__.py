"""Sound: files as signals, and signals as frames of the energies in bands of pitch."""

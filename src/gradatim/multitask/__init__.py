"""Ways of learning several tasks at once."""

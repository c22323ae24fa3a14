"""Ways of learning without targets, each a Loop."""

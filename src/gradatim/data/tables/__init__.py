"""Tables: from bytes of unknown form to columns, a schema, and numbers a network can learn from."""

"""A cell, read: its step recorded, taken apart into products and expressions, and differentiated."""

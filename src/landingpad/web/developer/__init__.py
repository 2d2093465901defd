"""The developer area: what people who write programs for a portal make, and what they look at."""

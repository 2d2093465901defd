"""The developer area: screens for people who write programs for a portal."""

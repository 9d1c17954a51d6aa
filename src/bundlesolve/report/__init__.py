"""What records look like: tables for the terminal, CSV, Markdown, and one HTML page."""

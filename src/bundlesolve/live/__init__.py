"""Live models: change a little, solve again from the last answer, in milliseconds."""

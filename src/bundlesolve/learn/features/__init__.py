"""What is known of items and customers, as numbers for models."""

"""What each word after `mipo` does."""

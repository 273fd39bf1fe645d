"""What is done to the product on purpose; docs/reliability.md tells what came of it."""

"""Products that never existed, with rates that are known: for demos, benchmarks and tests."""

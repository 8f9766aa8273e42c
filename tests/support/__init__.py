"""What tests and benchmarks share: stand-ins, generators, readers, and tests of these."""

"""Benchmarks: ratios against a named peer and the bare library floor, from one run on one machine."""

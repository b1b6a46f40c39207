"""Measure: every figure that is claimed is a command here."""

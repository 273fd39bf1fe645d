"""The model held against what is known: calibration targets, sign tests, limits."""

from mipo_sim.evidence.targets import Target, declared_targets, simulated_targets

__all__ = ["Target", "declared_targets", "simulated_targets"]

"""Everything that decides, and nothing else."""

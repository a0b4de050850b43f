"""Everything that decides, and nothing else: pure functions over frozen values. Imports only itself."""

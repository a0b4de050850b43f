"""What scripts/soak-kiosk is made of: families, misfortunes, and a kiosk that is watched."""

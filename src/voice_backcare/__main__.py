"""``python -m voice_backcare``: the command."""

from voice_backcare.cli.main import main

if __name__ == "__main__":
    main()

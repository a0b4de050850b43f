"""``python -m voice_backcare``: the command."""

import sys

_EXIT_NO_LIBRARY = 22  # as that of scripts/setup where the Python packages cannot be installed


def main() -> None:
    """Run the command line; a library that is not installed is told in one sentence."""
    try:
        from voice_backcare.cli.main import main as command

        command()
    except ModuleNotFoundError as error:
        library = (error.name or "").split(".")[0]
        if library in ("", "voice_backcare"):
            raise
        sys.stderr.write(
            f"voice-backcare: the library {library} is not installed. Connect this machine to a network and start "
            "scripts/run again, or install the program again. In an emergency call 911.\n"
        )
        sys.exit(_EXIT_NO_LIBRARY)


if __name__ == "__main__":
    main()

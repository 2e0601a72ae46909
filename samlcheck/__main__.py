"""``python -m samlcheck``."""

from samlcheck.cli.app import main

if __name__ == "__main__":
    main()

"""``python -m argosy`` is the command ``argosy``."""

from argosy.cli.app import main

if __name__ == "__main__":
    main()

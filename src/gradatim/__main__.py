"""`python -m gradatim` is the command `gradatim`."""

from gradatim.cli.main import main

if __name__ == "__main__":
    main()

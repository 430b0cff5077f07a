"""`python -m felt` is `felt`. A process beside a server reads this too, and runs no command."""

from felt.cli import main

if __name__ == "__main__":
    main()

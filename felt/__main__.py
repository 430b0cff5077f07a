"""`python -m felt` is `felt`."""

from felt.cli import main

main()

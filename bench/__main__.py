"""`make bench`: the measured comparisons; each prints ratios taken in one run."""

import sys

from bench import daily_chain

if __name__ == "__main__":
    sys.exit(daily_chain.main(sys.argv[1:]))

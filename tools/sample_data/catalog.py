"""What the generated requests ask for, and with what. A pool's entry comes as often as it stands there."""

PAGES = tuple(
    f"/{section}/{page}{ending}"
    for section in ("shop", "blog", "help", "static/img", "static/js", "downloads/2026")
    for page in ("index", "overview", "garden-tools", "winter-sale", "how-to-return-a-parcel", "logo-large")
    for ending in ("", ".html", ".png", ".js", ".css", ".pdf", ".html?page=2&sort=price", ".tar.gz")
)
BLOCKED_AGENT = "ExampleScraper/2.1"
BLOCKED_PATH = "/wp-login.php"
BLOCKED_ADDRESS = "203.0.113.66"
BLOCKLIST = (BLOCKED_AGENT, BLOCKED_PATH, BLOCKED_ADDRESS)
ACTIONS = (*PAGES, BLOCKED_PATH)

# Whole request fields that are no `METHOD target HTTP/x`: real servers log them too.
ODD_REQUESTS = ("-", r"\x16\x03\x01\x02\x00\x01\x00", "GET /index.html", f"POST {BLOCKED_PATH} HTTP/1.1")
METHODS = ("GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "POST")
REQUESTS = (*(f"{method} {page} HTTP/1.1" for page in PAGES for method in METHODS), *(ODD_REQUESTS * 5))
STATUSES = ("200", "200", "200", "200", "200", "200", "200", "301", "304", "404", "500", "-")

REFERERS = (
    "-",
    "-",
    "https://www.example.com/",
    "https://search.example.net/?q=garden+tools",
    "https://example.org/a/b",
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "-",
)
# Each a trap for a reader of the logs: escaped quotes, markup that a report must not run, a blocked agent.
ODD_AGENTS = (r"Browser \"Garden\" 1.0", "<script>alert(1)</script>", BLOCKED_AGENT)
# What follows status and bytes: in the Combined format a referer and an agent, in the Common format nothing.
COMBINED_TAILS = tuple(f' "{referer}" "{agent}"' for referer in REFERERS for agent in AGENTS * 12 + ODD_AGENTS)
TAILS = (*COMBINED_TAILS, *([""] * (len(COMBINED_TAILS) // 20)))

# Visitors without a name; only the Common and Combined formats may have a host name as address.
STRANGERS = (
    *(f"192.0.2.{number}" for number in range(1, 200)),
    *(f"2001:db8:ffff::{number:x}" for number in range(1, 40)),
    BLOCKED_ADDRESS,
)
STRANGERS_AND_HOSTS = (*STRANGERS, *(f"host-{number}.example.net" for number in range(1, 20)))

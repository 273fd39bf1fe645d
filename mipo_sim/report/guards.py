"""What every server of a page holds to, so that pages of other sites in the same browser get nothing."""

HOME = ("127.0.0.1", "localhost")  # names of this machine that no other site can have

# Other sites neither frame nor load a page. What it may load itself stands in it: it works as a file too.
GUARDS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def host_of(header: str) -> str:
    """Tell the name by which a server is called; "" if the header Host holds more than a name and a port."""
    name, _, port = header.lower().partition(":")
    return name if port.isdecimal() or not port else ""

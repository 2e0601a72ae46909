"""Two logins side by side: what differs between the one that works and the one that does not."""

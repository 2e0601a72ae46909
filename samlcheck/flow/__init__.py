"""What a recording shows of one login beside its messages: its steps, cookies, clocks, loops, and what the service answered."""

"""The phone desk: one page in the order of a conversation."""

"""Random tokens and what is kept of them. A copy of the database alone opens nothing."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode


def new_token() -> str:
    """Return a token of 256 random bits, fit for a link or a cookie."""
    return secrets.token_urlsafe(32)


def new_seed() -> bytes:
    """Return the random bytes from which a manage link is made."""
    return secrets.token_bytes(32)


def digest(token: str) -> bytes:
    """Return the hash under which a token is looked up."""
    return hashlib.sha256(token.encode()).digest()


def manage_token(secret_key: str, seed: bytes) -> str:
    """Return the token of an appointment's link: HMAC-SHA256 of its seed under the secret key."""
    made = hmac.new(secret_key.encode(), seed, hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()

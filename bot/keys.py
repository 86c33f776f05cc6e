"""The keys that DAILY_PAPERS_SECRET gives: one a purpose, so that none opens or signs for another. Pure."""


def key_for(secret: str, purpose: str) -> bytes:
    """32 bytes that HKDF (RFC 5869, with SHA-256) derives from `Settings.secret`."""
    from cryptography.hazmat.primitives.hashes import SHA256  # slow to import; few commands need it
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derive = HKDF(SHA256(), length=32, salt=None, info=f"daily-papers {purpose}".encode())
    return derive.derive(secret.encode())

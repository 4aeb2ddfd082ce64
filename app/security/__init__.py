"""Passwords, tokens, passkeys and limits: what an account is safe by. Nothing here knows a request or a session."""

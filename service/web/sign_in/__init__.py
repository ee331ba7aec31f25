"""Signing in with an OpenID Connect provider: any by settings, or the development one."""

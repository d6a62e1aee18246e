"""SMART App Launch: discovery, authorization, tokens, scopes."""

"""SMART authorization server on Authlib: EHR and standalone launch, PKCE, OpenID Connect."""

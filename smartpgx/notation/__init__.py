"""How laboratories and pharmacies spell things, brought to one form each. Pure."""

"""What the field knows, as versioned tables of facts, and the importers that build them."""

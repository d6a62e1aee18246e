"""What is kept between requests: visits (short-lived, encrypted)."""

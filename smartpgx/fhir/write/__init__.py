"""What a clinician confirmed, as strict R4B resources."""

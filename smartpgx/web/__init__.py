"""The pages a clinician sees."""

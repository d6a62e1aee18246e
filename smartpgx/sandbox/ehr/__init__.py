"""The pages of the simulated EHR."""

"""Drug-gene guidance: which published rows hold for this patient."""

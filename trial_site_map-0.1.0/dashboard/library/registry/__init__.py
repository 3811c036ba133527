"""The live ClinicalTrials.gov API: client, search, and retries."""

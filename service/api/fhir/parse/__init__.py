"""From FHIR resources to a request for a referral, as every other door makes one."""

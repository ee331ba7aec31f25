"""Kith's own rules for what is sent as FHIR: one set for `$validate` and for every write."""

"""Kith's records as FHIR resources: plain data in, plain dictionaries out; nothing is asked."""

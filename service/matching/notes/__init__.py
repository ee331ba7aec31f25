"""Reads a referrer's free-text note into needs, interests, circumstances and red flags.

`reader.NoteReader` is the way in, `model.NoteReading` what comes out. The rules are the files in
`rules/`, meant to be read and edited by a clinician.
"""

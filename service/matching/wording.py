"""Small phrases that the sentences of a match are made of: plain British English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Final

from geo.travel import Mode
from service.register.vocabulary import AccessFeature, Weekday

LANGUAGES: Final = {
    "ar": "Arabic",
    "bfi": "British Sign Language",
    "bn": "Bengali",
    "cy": "Welsh",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "gd": "Gaelic",
    "gu": "Gujarati",
    "hi": "Hindi",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}

CONDITIONS: Final = {
    "addiction": "are in recovery from addiction",
    "asylum_seeker": "are seeking asylum",
    "autism": "are autistic",
    "bereaved": "have lost somebody",
    "carer": "care for somebody",
    "copd": "live with COPD",
    "domestic_abuse": "have lived with domestic abuse",
    "falls_risk": "are at risk of falling",
    "hearing_loss": "have hearing loss",
    "heart_condition": "have a heart condition",
    "homeless": "have no home",
    "housebound": "cannot leave home",
    "learning_disability": "have a learning disability",
    "lgbt": "are lesbian, gay, bisexual or trans",
    "lone_parent": "bring up children alone",
    "long_term_condition": "live with a long-term condition",
    "long_term_pain": "live with long-term pain",
    "mental_illness": "live with a mental illness",
    "overweight": "want to lose weight",
    "parkinsons": "live with Parkinson's",
    "pregnant_or_baby": "are pregnant or have a baby",
    "sight_loss": "have sight loss",
    "smoker": "smoke",
    "stroke": "have had a stroke",
    "unemployed": "are out of work",
    "veteran": "have served in the armed forces",
}

BY_MODE: Final = {
    Mode.WALK: "on foot",
    Mode.WHEEL: "by wheelchair",
    Mode.BUS: "by bus",
    Mode.LIFT: "with a lift",
    Mode.CAR: "by car",
    Mode.HOME_VISIT: "at your home",
    Mode.PHONE: "by phone",
    Mode.ONLINE: "online",
}

FEATURE: Final = {
    AccessFeature.STEP_FREE: "a way in without steps",
    AccessFeature.ACCESSIBLE_TOILET: "an accessible toilet",
    AccessFeature.HEARING_LOOP: "a hearing loop",
    AccessFeature.SIGN_LANGUAGE: "sign language",
    AccessFeature.QUIET_SPACE: "a quiet space",
    AccessFeature.BLUE_BADGE_PARKING: "Blue Badge parking",
    AccessFeature.DEMENTIA_FRIENDLY: "help for people with dementia",
    AccessFeature.SEATING: "seats",
}

DAYS: Final = {
    Weekday.MONDAY: "Monday",
    Weekday.TUESDAY: "Tuesday",
    Weekday.WEDNESDAY: "Wednesday",
    Weekday.THURSDAY: "Thursday",
    Weekday.FRIDAY: "Friday",
    Weekday.SATURDAY: "Saturday",
    Weekday.SUNDAY: "Sunday",
}


def either(words: Iterable[str]) -> str:
    """Words joined for reading: 'WA7', 'WA7 or WA8', 'WA5, WA7 or WA8'. Empty for none."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} or {listed[-1]}"


def languages(codes: Iterable[str]) -> str:
    """Languages by name, in order of name; a code without a name is shown as it is."""
    return either(sorted(LANGUAGES.get(code, code) for code in codes))


def conditions(codes: Iterable[str]) -> str:
    """Whom a group is for, after 'people who': 'have had a stroke or live with dementia'."""
    return either(
        CONDITIONS.get(code, f"live with {code.replace('_', ' ')}") for code in sorted(codes)
    )


def ages(youngest: int | None, oldest: int | None) -> str:
    """'aged 50 and over', 'aged 17 and under', 'aged 18 to 25', 'of any age'."""
    if youngest in (None, 0):
        return "of any age" if oldest is None else f"aged {oldest} and under"
    if oldest is None:
        return f"aged {youngest} and over"
    return f"aged {youngest}" if youngest == oldest else f"aged {youngest} to {oldest}"


def clock(at: time) -> str:
    """British clock time: '3pm', '10:30am', 'midday', 'midnight'."""
    if at.minute == 0 and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    half = "pm" if at.hour >= 12 else "am"
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02d}{half}" if at.minute else f"{hour}{half}"


def day(on: date) -> str:
    """'5 March 2026'."""
    return f"{on.day} {on:%B %Y}"


def pounds(pence: int) -> str:
    """'free', '80p', '£3', '£2.50'."""
    if pence == 0:
        return "free"
    if pence < 100:
        return f"{pence}p"
    return f"£{pence // 100}" if pence % 100 == 0 else f"£{pence / 100:.2f}"


def length(metres: float) -> str:
    """'under 100 m', '350 m' to the nearest ten, '2.4 km' or '8 km' from one kilometre on."""
    if metres < 100:
        return "under 100 m"
    if metres < 995:
        return f"{round(metres / 10) * 10} m"
    return f"{round(metres / 1000, 1):g} km"


def about(minutes: float) -> str:
    """'less than a minute', 'about 1 minute', 'about 12 minutes', 'about 1 hour 5 minutes'."""
    whole = round(minutes)
    if whole < 1:
        return "less than a minute"
    if whole < 60:
        return f"about {whole} minute{'' if whole == 1 else 's'}"
    hours, rest = divmod(whole, 60)
    said = f"about {hours} hour{'' if hours == 1 else 's'}"
    return f"{said} {rest} minute{'' if rest == 1 else 's'}" if rest else said


def ordinal(rank: int) -> str:
    """'1st', '2nd', '11th', '23rd'."""
    if rank % 100 in (11, 12, 13):
        return f"{rank}th"
    return f"{rank}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th') }"

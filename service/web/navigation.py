"""Where somebody can go: by what they may do, and by what is there."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from service.identity.actors import Actor
from service.identity.roles import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """One way in the navigation. Without permissions it is open to everybody.

    Whoever may do what `unless` names has a better way, and is not shown this one.
    """

    title: str
    path: str
    why: str
    permissions: tuple[Permission, ...] = ()
    unless: tuple[Permission, ...] = ()


PLACES = (
    Place("Inbox", "/inbox", "New referrals, the most urgent first", (Permission.TRIAGE,)),
    Place(
        "Caseload",
        "/caseload",
        "The people you work with, and what is due",
        (Permission.WORK_REFERRALS,),
    ),
    Place(
        "Find a person",
        "/people",
        "By name or NHS number; each search is written down",
        (Permission.SEARCH_PEOPLE,),
    ),
    Place("Refer somebody", "/refer", "Send a person to a link worker", (Permission.REFER,)),
    Place(
        "Referrals sent",
        "/sent",
        "What your practice sent, whose turn it is, and what came back",
        (Permission.REFER,),
        unless=(Permission.TRIAGE,),
    ),
    Place("Register", "/register", "Groups and places in the community"),
    Place("Maps", "/maps", "What is near each practice", (Permission.READ_MAPS,)),
    Place(
        "Figures", "/figures", "How it goes, with small numbers hidden", (Permission.READ_FIGURES,)
    ),
    Place(
        "Keep the register",
        "/steward",
        "Corrections that wait, facts that are old, groups that are there twice",
        (Permission.REVIEW_CORRECTIONS,),
    ),
    Place(
        "Emergency access",
        "/break-glass",
        "Records opened in an emergency, and by whom",
        (Permission.READ_AUDIT, Permission.BREAK_GLASS),
    ),
)


def places_for(app: FastAPI, actor: Actor | None) -> tuple[Place, ...]:
    """The ways this actor has; one whose page is not there is left out."""
    if actor is None:
        return ()
    there = mounted(app)
    return tuple(
        place
        for place in PLACES
        if place.path in there
        and (not place.permissions or any(actor.may(each) for each in place.permissions))
        and not any(actor.may(each) for each in place.unless)
    )


def mounted(app: FastAPI) -> frozenset[str]:
    """The addresses that have a page, as `service.web.mount` found them."""
    paths: frozenset[str] = app.state.page_paths
    return paths

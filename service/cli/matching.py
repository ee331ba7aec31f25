"""`kith match`: the groups for some needs, from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.errors import Json
from service import bootstrap
from service.cli.outcomes import told
from service.identity.codes import OdsCode
from service.matching.match import MatchResult
from service.referrals.queries import Matched, matches_of_note
from service.referrals.what_if import WouldChange, what_if
from service.register.needs import check_needs
from service.register.vocabulary import AccessFeature, Gender
from service.settings import Settings


def match(
    need: Annotated[
        list[str] | None, typer.Option(help="Need code; give it again for another.")
    ] = None,
    note: Annotated[
        str, typer.Option(help="What the referrer wrote; needs are read from it.")
    ] = "",
    postcode: Annotated[str | None, typer.Option(help="Where the person sets out from.")] = None,
    practice: Annotated[
        str | None, typer.Option(help="Measure from this practice when there is no postcode.")
    ] = None,
    age: Annotated[int | None, typer.Option(min=0, max=130, help="Whole years.")] = None,
    gender: Annotated[Gender | None, typer.Option(help="As the person states it.")] = None,
    access: Annotated[
        list[AccessFeature] | None, typer.Option(help="What the place must have; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many at most.")] = 5,
    what_if_: Annotated[
        bool, typer.Option("--what-if", help="Say as well what would change the list.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Groups that serve some needs near a place, best first, with reasons. Nothing is stored.

    Needs, circumstances and danger signs are read from a note. With a danger sign no group is
    suggested: what to do is said instead.

    Example: kith match --note "Lonely since her husband died, 74" --postcode "WA8 6TR"
    """
    facts: dict[str, Json] = {}
    if age is not None:
        facts["age"] = age
    if gender is not None:
        facts["gender"] = gender.value
    if access:
        facts["access_needed"] = [each.value for each in access]
    with told():
        kith = bootstrap.wire(Settings())
        reading = kith.read_note(note)
        needs = () if reading and not need else check_needs(need or [])
        seeking = kith.seeking(limit)
        with kith.store.read() as session:
            found = matches_of_note(
                session,
                seeking,
                needs=needs,
                reading=reading,
                postcode=postcode,
                facts=facts,
                route=None,
                practice=None if practice is None else OdsCode(practice),
            )
            would = what_if(session, seeking, found) if what_if_ else ()
        if json_:
            from service.api.v1.answers import matches_told

            print(matches_told(found, would).model_dump_json(indent=2))
        else:
            show(Console(), found, would)


def show(console: Console, found: Matched, would: Sequence[WouldChange] = ()) -> None:
    """Danger signs first; then the matches with their reasons, and what was left out and why."""
    for flag in found.flags:
        console.print(f"{flag.label}: {flag.status.value}. Tell {flag.tell}.", style="bold red")
        console.print(f"  Words: {flag.words}", markup=False)
        console.print(f"  {flag.what_to_do}", markup=False)
    if found.triage is not None:
        console.print(found.triage.sentence, markup=False)
        for route in found.triage.routes:
            console.print(f"  {route.sentence}", markup=False, style="bold")
    if found.measured:
        console.print(found.measured, markup=False)
    elif found.home is not None:
        console.print(f"From: {found.home.sentence}", markup=False)
    result = found.result
    if result is None:
        return
    if result.nothing_fits is not None:
        console.print(result.nothing_fits.sentence, markup=False)
    if result.matches:
        console.print(_matches(result))
    for each in result.ask_person:
        console.print(f"Ask the person: {each.sentence}", markup=False)
    if result.near_misses:
        console.print(_near_misses(result))
    if would:
        console.print("What would change this list, one thing at a time:")
    for change in would:
        found_by = change.counterfactual
        now = f"now {found_by.rank_now}" if found_by.rank_now else "now not in it"
        console.print(f"  {change.asset.name} ({now}): {found_by.sentence}", markup=False)
    console.print(result.not_used, style="dim", markup=False)


def _matches(result: MatchResult) -> Table:
    table = Table(title="Matches: a suggestion, a person decides", title_justify="left")
    table.add_column("", justify="right")
    table.add_column("Group")
    table.add_column("Score", justify="right")
    table.add_column("Why, and what to check")
    for each in result.matches:
        label = f"{each.asset.name}\n(invented example)" if each.asset.invented else each.asset.name
        lines = [f"+ {reason.sentence}" for reason in each.reasons]
        lines += [f"? {unknown.sentence}" for unknown in each.ask_group]
        table.add_row(str(each.rank), escape(label), f"{each.score:.3f}", escape("\n".join(lines)))
        table.add_section()
    return table


def _near_misses(result: MatchResult) -> Table:
    table = Table(title="Left out, and the rule that did it", title_justify="left")
    table.add_column("Group")
    table.add_column("Why not")
    for each in result.near_misses:
        table.add_row(escape(each.asset.name), escape(each.sentence))
    return table

"""Ways in which somebody uses a page: with a mouse, by keyboard alone, with a finger on a phone.

Each has the same gestures, so that one journey can be made with any of them. What a way must keep
to (the focus is seen, nothing is wider than the screen) is looked at with every gesture.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

# How an element and what is drawn for it look: the design system draws a tick's focus on its label.
LOOKS = """at => {
  const parts = [at, at.closest('label'), at.closest('.kith-tick'), at.querySelector('span'),
                 ...(at.labels || [])].filter(Boolean);
  const named = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor',
                 'borderTopColor', 'borderTopWidth', 'color'];
  return JSON.stringify(parts.flatMap(part => [null, '::before', '::after'].map(pseudo => {
    const style = getComputedStyle(part, pseudo);
    return named.map(name => style[name]);
  })));
}"""
# What covers the middle of the focused element, if anything that is no part of it does.
COVERED = """at => {
  // A link may go over two lines: the first of them counts.
  const box = at.getClientRects()[0] || at.getBoundingClientRect();
  const x = box.x + Math.min(box.width, innerWidth) / 2, y = box.y + Math.min(box.height, 40) / 2;
  if (box.width === 0 || y < 0 || y > innerHeight) return 'out of sight';
  const top = document.elementFromPoint(x, y);
  const own = !top || at.contains(top) || top.contains(at) || [...(at.labels || [])].some(
    label => label.contains(top));
  return own ? '' : top.outerHTML.slice(0, 100);
}"""
# WCAG 2.2, 2.5.8: 24 by 24, or a circle of 24 about it that meets no other target; links within a
# sentence are left out there too. A native tick is as large as the label that is drawn for it.
SMALL = """() => {
  const shown = at => at.checkVisibility({checkOpacity: false, checkVisibilityCSS: true})
    && !at.closest('iframe') && !at.matches('.nhsuk-skip-link');
  const inSentence = at => at.matches('a') && getComputedStyle(at).display === 'inline'
    && at.closest('p, li, dd, td')?.innerText.trim() !== at.innerText.trim();
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, '
    + 'textarea, summary')].filter(shown);
  const boxes = all.map(at => {
    const whole = at.closest('.kith-tick, label') || at;
    return whole.getBoundingClientRect();
  });
  const near = (box, other) => {
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const dx = Math.max(other.left - x, 0, x - other.right);
    const dy = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(dx, dy) < 12;
  };
  return all.filter((at, n) => {
    const box = boxes[n];
    const large = box.width >= 23.5 && box.height >= 23.5;
    if (box.width === 0 || large || inSentence(at)) return false;
    return boxes.some((other, m) => m !== n && other.width && near(box, other));
  }).map(at => at.outerHTML.slice(0, 140));
}"""


@dataclass
class Hand:
    """A mouse. `wrong` gathers what was found on the way, by page."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def press(self, what: Locator) -> None:
        """A link or a button, whose page is then looked at."""
        self.go_to(what)
        with self.page.expect_navigation(wait_until="load"):
            self.act(what)
        self.look()

    def tick(self, what: Locator) -> None:
        """A box or a choice."""
        self.go_to(what)
        what.check()

    def write(self, what: Locator, text: str) -> None:
        """A field, emptied first."""
        self.go_to(what)
        what.fill(text)

    def choose(self, what: Locator, label: str) -> None:
        """One of a list."""
        self.go_to(what)
        what.select_option(label=label)

    def go_to(self, what: Locator) -> None:
        """Get there."""
        what.scroll_into_view_if_needed()

    def act(self, what: Locator) -> None:
        """Press what was got to."""
        what.click()

    def look(self) -> None:
        """See whether a page that was come to is as it should be."""

    def note(self, what: str) -> None:
        """Keep one finding."""
        self.wrong.append(f"{self.page.title()}: {what}")


@dataclass
class Finger(Hand):
    """A finger on a phone: nothing to push sideways, and nothing too small to hit."""

    def act(self, what: Locator) -> None:
        """Tap."""
        what.tap()

    def look(self) -> None:
        """Width and sizes."""
        across, width = self.page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if across > width:
            self.note(f"{across} px across, and the screen has {width}")
        for each in self.page.evaluate(SMALL):
            self.note(f"too small to hit: {each}")


@dataclass
class Keys(Hand):
    """The keyboard alone. Each place the focus comes to is seen, and nothing covers it."""

    most: int = 250

    def go_to(self, what: Locator) -> None:
        """Tab from where the focus is until it is there, or among its own group of choices."""
        name = what.get_attribute("name") if what.get_attribute("type") == "radio" else None
        for _ in range(self.most):
            if self._is_at(what, name):
                return
            self.page.keyboard.press("Tab")
            self._see()
        raise AssertionError(f"{what} was not reached by {self.most} steps of the Tab key")

    def act(self, what: Locator) -> None:
        """Press Enter."""
        self.page.keyboard.press("Enter")

    def tick(self, what: Locator) -> None:
        """Space for a box; arrows within a group of choices, of which Tab reaches one only."""
        self.go_to(what)
        if what.get_attribute("type") != "radio":
            if not what.is_checked():
                self.page.keyboard.press("Space")
            assert what.is_checked()
            return
        if not self.page.evaluate("() => document.activeElement.checked"):
            self.page.keyboard.press("Space")
        for _ in range(20):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
            self._see()
        raise AssertionError(f"{what} was not reached by arrow keys")

    def write(self, what: Locator, text: str) -> None:
        """Mark all that stands there and type over it."""
        self.go_to(what)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def choose(self, what: Locator, label: str) -> None:
        """Down the list, as far as it goes."""
        self.go_to(what)
        for _ in range(60):
            if what.evaluate("at => at.selectedOptions[0]?.label") == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not in the list")

    def look(self) -> None:
        """Go past the menu, as somebody does who has been here before."""
        here = self.page.evaluate("() => document.activeElement.tagName")
        if here == "BODY" and "#" not in self.page.url:
            self.page.keyboard.press("Tab")
            self.page.keyboard.press("Enter")

    def _is_at(self, what: Locator, name: str | None) -> bool:
        return bool(
            what.evaluate(
                "(at, name) => { const now = document.activeElement;"
                " return now === at || (name && now.name === name && now.type === 'radio') }",
                name,
            )
        )

    def _see(self) -> None:
        at = self.page.evaluate_handle("() => document.activeElement").as_element()
        assert at is not None
        # Between the last element and the first the browser's own bar has the focus.
        if at.evaluate("at => at === document.body || at.tagName === 'IFRAME'"):
            return
        here = at.evaluate("at => at.outerHTML.slice(0, 140)")
        covered = at.evaluate(COVERED)
        if covered:
            self.note(f"{here} has the focus, covered: {covered}")
        focused = at.evaluate(LOOKS)
        plain = at.evaluate(f"at => {{ at.blur(); const look = ({LOOKS})(at); at.focus();"
                            " return look }")  # fmt: skip
        if focused == plain:
            self.note(f"{here} looks the same with the focus")

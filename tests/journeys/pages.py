"""A person at a browser: going somewhere, looking at a page (with axe and a picture), signing in and out."""

import re
from collections import Counter
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journeys import manual, structure
from tests.journeys.conftest import PICTURES, Demo

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The walk opens one page for each of these words in its address.
TASKS = {"person", "email", "unit", "position", "evidence"}
_JUDGED: set[tuple[str, int]] = set()


@dataclass
class Visit:
    """One person's browser, and the folder of pictures taken of it."""

    page: Page
    demo: Demo
    variant: str
    chapter: str
    effort: Counter[str] = field(default_factory=Counter)  # presses that load a page, choices, fields
    _seen: list[str] = field(default_factory=list)
    _judge: Page | None = None

    def go(self, path: str) -> None:
        """Open a page of the provider."""
        self.page.goto(self.demo.provider + path)

    def look(self, name: str) -> None:
        """Judge the page that is open: one heading, nothing wider than the screen, no violation of WCAG, a picture."""
        page = self.page
        page.wait_for_load_state("load")
        assert page.locator("h1").count() == 1, f"{name}: one h1"
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{name}: the page is {width} px wider than the screen"
        self._judge_by_axe(name)
        folder = PICTURES / self.variant
        folder.mkdir(parents=True, exist_ok=True)
        self._seen.append(name)
        page.screenshot(path=folder / f"{self.chapter}-{len(self._seen):02d}-{name}.jpeg", full_page=True)
        if self.variant == manual.VARIANT and manual.PICTURES.get(name) == self.chapter:
            self._keep_for_manual(name)

    def _judge_by_axe(self, name: str) -> None:
        """Once for each structure of a page at each size of screen."""
        size = self.page.viewport_size
        assert size is not None
        seen = (structure.of(self.page.content()), size["width"])
        if seen not in _JUDGED:
            found = Axe().run(self._with_script(), options={"runOnly": RULES, "resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            _JUDGED.add(seen)

    def _keep_for_manual(self, name: str) -> None:
        """The page without its frame, at the manual's width."""
        size = self.page.viewport_size
        assert size is not None
        manual.TAKEN.mkdir(parents=True, exist_ok=True)
        self.page.set_viewport_size({"width": manual.WIDTH, "height": size["height"]})
        self.page.get_by_role("main").screenshot(path=manual.TAKEN / f"{name}.png", caret="hide")
        self.page.set_viewport_size(size)

    def _with_script(self) -> Page:
        """The same page where axe can run: a browser without script shows its very source to one with script."""
        page = self.page
        if not self.variant.startswith("plain"):
            return page
        browser = page.context.browser
        assert browser is not None
        assert page.viewport_size is not None
        if self._judge is None:
            self._judge = browser.new_context(viewport=page.viewport_size).new_page()
        source, address = page.content(), page.url
        self._judge.unroute_all()
        self._judge.route(address, lambda route: route.fulfill(body=source, content_type="text/html; charset=utf-8"))
        self._judge.goto(address)
        return self._judge

    def press(self, button: Locator) -> None:
        """A button or link that loads a page."""
        self.effort["presses"] += 1
        button.click()

    def choose_one(self, choice: Locator) -> None:
        """A tick or a radio."""
        self.effort["choices"] += 1
        choice.check()

    def type(self, label: str, text: str) -> None:
        """One field."""
        self.effort["fields"] += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def save(self) -> None:
        """The button at the end of a question."""
        self.effort["presses"] += 1
        self.page.locator("main form button.button:not(.secondary)").last.click()

    def settle_on_task(self, task: str) -> None:
        """The next question is open."""
        assert task in TASKS
        self.page.wait_for_url(f"**/register/{task}*")
        self.look(task)

    def sign_in(self, username: str, password: str) -> None:
        """Username and password at the provider."""
        self.go("/signin")
        self.page.locator("#username").fill(username)
        self.page.locator("#password").fill(password)
        self.page.locator("#login-submit").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("หน้าแรก")
        self.look("home")

    def choose(self, word: str) -> None:
        """A word of the menu, unfolded first where it lies folded."""
        entry = self.page.locator("header nav a:visible").filter(has_text=re.compile(rf"^\s*{word}"))
        for fold in ("เมนู", "จัดการระบบ"):
            summary = self.page.locator("header summary:visible").filter(has_text=fold)
            if not entry.count() and summary.count():
                summary.click()
        entry.click()

    def leave(self) -> None:
        """Sign out at the provider."""
        self.page.locator("header .person > summary").click()
        self.page.get_by_role("button", name="ออกจากระบบ").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("ออกจากระบบแล้ว")
        self.look("signed-out")

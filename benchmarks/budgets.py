"""The budgets of the project, a line each, and how a figure is held against one."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Budget:
    """What is measured; `must` and `goal` are bounds, lower ones where `at_least`, else upper ones; without a `must`
    the figure only tells."""

    key: str
    what: str
    must: float | None
    goal: float | None
    unit: str = "×"
    at_least: bool = True


BUDGETS = (
    Budget("flow", "full code flow, RS256, against node oidc-provider on PostgreSQL", 0.85, 1.0),
    Budget("flow-es256", "the same, ES256 on both sides", 0.9, 1.1),
    Budget("authorize", "authorize against node", 0.9, 1.1),
    Budget("refresh", "refresh against node", 0.9, 1.1),
    Budget("userinfo", "UserInfo against node", 0.8, 1.0),
    Budget("flow-canaille", "full flow against Canaille", 10, 14),
    Budget("flow-toolkit", "full flow against django-oauth-toolkit, its secret hash off", 4, 5),
    Budget("discovery", "discovery against a bare Flask view", 0.9, None),
    Budget("jwks", "JWKS against a bare Flask view", 0.9, None),
    Budget("growth", "flow rate with 250,000 accounts and 1,000,000 codes and tokens against 1,000", 0.95, None),
    Budget("passwords", "password sign-in against the machine's Argon2id rate, on a shared core", 0.75, 0.85),
    Budget("passwords-here", "the same against the bare rate of libsodium, which hashes here", None, 0.75),
    Budget("tokens-while-hashing", "p95 of token requests while every core hashes, against idle", 3, None, "×", False),
    Budget("country", "70 sign-ins a second, a third by password: server and database", 1.6, 1.2, "cores", False),
    Budget("memory", "memory per worker (PSS)", 150, 100, "MiB", False),
    Budget("start-up", "start-up to the first answer", 3, 1.5, "s", False),
    Budget("queue", "approval queue with 10,000 cases, server time p95", 120, None, "ms", False),
    Budget("dossier", "dossier, p95", 80, None, "ms", False),
    Budget("search", "register search, p95", 40, None, "ms", False),
    Budget("portal", "portal, p95", 40, None, "ms", False),
    Budget("info-form", "INFO form page", 60, None, "ms", False),
    Budget("info-province", "INFO provincial board of 334", 120, None, "ms", False),
    Budget("info-country", "INFO national board of 7,849, 8 quarters", 250, None, "ms", False),
    Budget("info-excel", "INFO Excel of one province", 2, None, "s", False),
    Budget("demo-first", "`make demo`: first start after install", 60, None, "s", False),
    Budget("demo-later", "`make demo`: later start", 5, None, "s", False),
    Budget("first-view", "first view of the sign-in page without pictures", 100, None, "KiB", False),
    Budget("later-view", "later view of it", 15, None, "KiB", False),
)


@dataclass
class Report:
    """Figures as they come in."""

    figures: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, figure: float | None, note: str = "") -> None:
        """Keep a figure, or only why there is none."""
        if figure is not None:
            self.figures[key] = figure
        if note:
            self.notes[key] = note

    def table(self) -> str:
        """Every budget with its figure, as Markdown."""
        lines = ["| what | must | goal | measured | |", "|---|---|---|---|---|"]
        for budget in BUDGETS:
            sign = "≥" if budget.at_least else "≤"
            must = f"{sign} {budget.must:g} {budget.unit}" if budget.must is not None else ""
            goal = f"{sign} {budget.goal:g}" if budget.goal is not None else ""
            cells = [budget.what, must, goal, self._measured(budget), self._verdict(budget)]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)

    def missed(self) -> list[str]:
        """The lines whose *must* does not hold."""
        return [
            each.what
            for each in BUDGETS
            if each.key in self.figures and not _holds(each, self.figures[each.key], each.must)
        ]

    def _measured(self, budget: Budget) -> str:
        figure, note = self.figures.get(budget.key), self.notes.get(budget.key, "")
        shown = f"{figure:.3g} {budget.unit}" if figure is not None else "not measured"
        return f"{shown} ({note})" if note else shown

    def _verdict(self, budget: Budget) -> str:
        figure = self.figures.get(budget.key)
        if figure is None:
            return ""
        if not _holds(budget, figure, budget.must):
            return "MISSED"
        if budget.goal is not None and _holds(budget, figure, budget.goal):
            return "goal"
        return "holds" if budget.must is not None else ""


def _holds(budget: Budget, figure: float, bound: float | None) -> bool:
    if bound is None:
        return True
    return figure >= bound if budget.at_least else figure <= bound

"""The URL map, walked: one guard a view, kebab-case paths, no surprise methods."""

import re

from flask import Flask

UNGUARDED = {"static", "thai_web.static"}


def test_every_view_carries_exactly_one_guard(sqlite_app: Flask) -> None:
    bare = [
        rule.endpoint
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED and not hasattr(sqlite_app.view_functions[rule.endpoint], "guard")
    ]
    assert not bare, f"views without a guard: {sorted(set(bare))}"


def test_every_public_view_says_why(sqlite_app: Flask) -> None:
    silent = [
        endpoint
        for endpoint, view in sqlite_app.view_functions.items()
        if getattr(view, "guard", None) and view.guard.kind == "public" and len(view.guard.reason) < 8
    ]
    assert not silent


def test_paths_are_lower_case_words_joined_by_hyphens(sqlite_app: Flask) -> None:
    word = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.json)?|\.well-known|<(int|string|path):[a-z_]+>")
    wrong = [
        rule.rule
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED
        and not all(word.fullmatch(part) for part in rule.rule.strip("/").split("/") if part)
    ]
    assert not wrong


def test_no_view_changes_anything_on_get_and_on_post_alike(sqlite_app: Flask) -> None:
    """A view that takes both methods serves a form to itself; each is named here: a new one is thought about."""
    both = {rule.endpoint for rule in sqlite_app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())}
    assert both <= {"appointments.new", "authorize.authorize", "userinfo.userinfo", "oidc.end_session"}

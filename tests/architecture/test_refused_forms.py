"""A form that a rule refused commits nothing, whatever its operation had changed before the rule said no.

The provider commits once a request, good answer or bad, since some refusals are themselves recorded. So every page that
tells a refusal in its own words undoes first what was done; all others are raised, which never commits.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

REFUSALS = {"Refusal", "Conflict", "Forbidden", "NotFound", "TooMany", "MetadataError", "Activated"}
COMMITTED = {
    ("idp/signin/views.py", "sign_in"): "the refused attempt is recorded",
    ("idp/thaid/views.py", "callback"): "what ThaID refused is recorded",
    ("idp/signin/thaid_views.py", "arrive"): "the proof is spent, whether it opens something or not",
    ("idp/signin/views.py", "activate"): "the operation only looked",
    ("idp/registration/status_views.py", "activate"): "the operation only looked",
}
OTHERWISE = {
    ("idp/signin/views.py", "finish_activation"): "who has come in already is shown the door",
    ("idp/clients/change_views.py", "create"): "metadata is refused at several fields at once",
    ("idp/clients/change_views.py", "_checked"): "metadata is refused at several fields at once",
    (
        "idp/clients/change_views.py",
        "save",
    ): "metadata is refused at several fields at once; the page is stale",
    ("idp/clients/change_views.py", "change_owner"): "the page is stale",
    ("idp/clients/role_views.py", "_declared"): "metadata is refused at several fields at once; the page is stale",
    ("idp/clients/role_views.py", "retire_role"): "the page is stale",
    ("idp/clients/secret_views.py", "issue_secret"): "the page is stale",
    ("idp/clients/secret_views.py", "end_secret"): "the page is stale",
    ("idp/clients/views.py", "_change"): "the page is stale",
}


UNDOING = {"stale", "_refused", "_raced"}  # each begins with a rollback


def handlers(tree: ast.Module) -> Iterator[tuple[str, ast.ExceptHandler]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ExceptHandler) and node.type and _names(node.type) & REFUSALS:
                    yield function.name, node


def _names(node: ast.expr) -> set[str]:
    return {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}


def _calls(node: ast.AST) -> set[str]:
    called = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in called}


def undoes(handler: ast.ExceptHandler, helpers: set[str]) -> bool:
    """Rolls back, itself or by a function that does, or only raises."""
    return bool(_calls(handler) & {"rollback", *helpers}) or isinstance(handler.body[0], ast.Raise)


def pages() -> dict[str, ast.Module]:
    """Every file that has views."""
    texts = {str(path): path.read_text(encoding="utf-8") for path in sorted(Path("idp").rglob("*.py"))}
    return {name: ast.parse(text) for name, text in texts.items() if "flask" in text and "rules.py" not in name}


def test_a_form_tells_a_refusal_in_one_way() -> None:
    """`Form.showing_refusals`; what else does it is named above, with its reason, and undoes first what was done."""
    found = {name: tree for name, tree in pages().items() if name.endswith(("views.py", "view_parts.py"))}
    seen = {(name, function): handler for name, tree in found.items() for function, handler in handlers(tree)}
    assert set(seen) == {*COMMITTED, *OTHERWISE}
    assert {each for each, handler in seen.items() if not undoes(handler, UNDOING)} == set(COMMITTED)


def test_what_shows_a_refusal_undoes_first() -> None:
    tree = ast.parse(Path("thai_web/forms.py").read_text(encoding="utf-8"))
    [handler] = [handler for function, handler in handlers(tree) if function == "showing_refusals"]
    assert "rollback" in _calls(handler)


def test_a_handler_that_forgets_is_seen() -> None:
    """The test above can fail."""
    tree = ast.parse("def save():\n    try:\n        act()\n    except Refusal as refusal:\n        tell(refusal)\n")
    [(function, handler)] = handlers(tree)
    assert function == "save"
    assert not undoes(handler, {"stale"})

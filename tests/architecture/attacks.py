"""The attacks that must fail, and the tests that show it: `python -m tests.architecture.attacks` writes the page.

A test says by `@pytest.mark.attack(8)` which one it plays; another test holds page and marks together.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PAGE = Path("docs/reference/attacks.md")
HEAD = """# Attacks that must fail

Each is played by the tests beside it; the page is written from their marks by `python -m tests.architecture.attacks`.

| number | attack | tests |
|---|---|---|
"""
ATTACKS = {
    1: "An account is opened with somebody's data before they come; they prove themselves later and must not share it.",
    2: "An account that may not sign in is used by another way: code, link, ThaID, refresh, token.",
    3: "The same person is sent twice at the same instant.",
    4: "A signed-in account is renewed with another person's ThaID.",
    5: "A username that is another person's number or address, or looks like one.",
    6: "An address in another spelling, or a proof of one address used for another.",
    7: "Answers and mails tell who has an account, or show a third person's address.",
    8: "A mail scanner opens a link, and it is used up.",
    9: "A mailed link is led to another host; recovery goes on without its second proof, or leaves the intruder in.",
    10: "Two first officers are made at the same instant.",
    11: "ThaID's callback comes with a state that is missing, foreign, used, old or made for something else.",
    12: "An error comes back with a wrong state and clears a way that is still open.",
    13: "Two tabs go to ThaID at once.",
    14: "Somebody's browser is led through the attacker's callback.",
    15: "An ID token that is not ThaID's, not ours, not fresh, or signed by a key that nobody has heard of.",
    16: "ThaID's answer contradicts itself, or proves too little.",
    17: "ThaID is down or slow, and takes everything else with it.",
    18: "Two decide the same case at the same instant.",
    19: "A document is changed after the reviewer opened the page.",
    20: "A case is taken up, decided or taken back in a state in which that is not possible.",
    21: "A link that is merely opened changes something.",
    22: "A page that writes is called by somebody who only reads, of another unit, or no longer in power.",
    23: "Somebody decides on himself, on who decides on him, or on whoever stands above.",
    24: "Who sends a link for somebody sees its secret; or a link is forged, old, used, or meant for another.",
    25: "The mail server fails in the middle of a decision.",
    26: "Cases of another unit travel along within a decision over many.",
    27: "Text that a template, a mail header or a page would take for a command.",
    28: "What was decided disappears with a withdrawal or a correction.",
    29: "The last admin leaves, is suspended, or the letter ends, and requests lie with nobody.",
    30: "A date in the other era, at midnight in Bangkok, or on a day that is in no calendar.",
    31: "A document is opened by somebody it is not meant for, or when it is not meant any more.",
    32: "A file that is not what it says, that is two things, or that is too much.",
    33: "A file whose request failed stays for ever, or the folder of documents tells something by itself.",
    34: "The same document handed in for another person.",
    35: "An address to return to that is not registered letter by letter, or a system that is unknown or stopped.",
    36: "A code is used twice, by another, elsewhere, too late, or without the secret that it was asked with.",
    37: "A refresh token is used again, by another, for more, or after its person's standing changed.",
    39: "A sign-out is forged or misdirected, or a system does not hear of the end of a session, whatever ended it.",
    38: "A unit chosen in one browser counts in another, or a system's wish gives a unit that a person does not have.",
    40: "An address that a system names for us to call leads into our own network, elsewhere, or never ends.",
    41: "A token is signed with no algorithm, by the public key, by another's key, for another, too late or twice.",
    42: "A system is not asked about because of an address that it gave itself.",
    44: "Signing keys change while people are signed in, or are not there when a process starts.",
    45: "A limiter that does not know whom to count, or forgets what it counted, waves everybody through.",
    46: "A session that was fixed before, or anything begun in it, goes on after sign-in, step-up or a switch of unit.",
    60: "Who was in goes on by what was granted elsewhere, though a new password was set or everything else was ended.",
    61: "Who reads the mailbox, and knows nothing else, gets, opens or mends an account by a mailed link.",
    62: "Somebody passes the QR code of a sign-in on. ThaID binds it to no screen: all we can do is warn.",
    63: "A second claim of a number, approved on documents, keeps its real owner out.",
    70: "Tokens signed by keys that nobody has heard of make us ask the provider for its keys over and over.",
    71: "An answer at the callback comes from another issuer than was asked, or does not say from which (mix-up).",
    72: "Somebody begins to sign in over and over, to fill a table or the browser.",
    73: "A character that no database takes, or that nobody sees, in an address or a form of INFO.",
    74: "A decision rests on a role, a posting or a session that ended meanwhile.",
    75: "A copy of the database yields tokens that still serve.",
    76: "The provider is slow or drips, and takes everything else of a connected system with it.",
    80: "Somebody sends assertions in the name of a system whose keys are slow to come, and takes all our threads.",
    81: "Whoever answers a byte at a time, a system or the mail relay, holds up mails, sign-outs or the record.",
    82: "Somebody asks for the open register again and again, for another day each time.",
    90: "A fault of a decoder is used to reach, from the painter, the keys, another process, the disk or the network.",
    91: "Documents and national IDs are taken long after anybody needs them.",
    92: "Somebody anonymous keeps others from handing documents in: by slow ones, by many, or by filling the disk.",
    100: "Many guesses arrive at the same instant, so that none has been counted when the others are judged.",
    101: "Guesses come from ever new ports, or ever new addresses, of one subscriber.",
    102: "Somebody keeps the owner of an account out by wrong passwords, from one network or from many.",
    103: "A browser is made a known one by a cookie planted in it, or by one that belongs to another account.",
    104: "A password is guessed from lists, keyboards, the country, the service or the person, or is costly to judge.",
    105: "Characters that are no text: NUL, control characters, lone surrogates, bytes that are no UTF-8.",
    120: "A code is led to another program on the person's machine: by a name, a path, or a port of a server.",
    121: "An empty value passes for a proof, or a parameter that comes twice is read in two ways.",
    122: "A hint that somebody else made gets a code of, or tells about, whoever happens to be signed in.",
    123: "A grant goes on without consent, after its person ended it, or for ever because it is refreshed.",
    124: "What a browser posted is read from its history, changed in the address, or fills our store.",
    130: "Somebody with the database writes an event, copies one, or puts another name beside it.",
    131: "Somebody with the database puts an older state of it back, the valid end of its record included.",
    132: "Text that somebody sent passes for a line of the log.",
    133: "Somebody who reads the logs comes by the secret of a mailed link.",
    134: "A caller makes up the host name, and the provider goes on with it.",
    135: "A reviewer sends an invented request with somebody's number to learn whose it is.",
    136: "Two people at one browser, two tabs: the form of one is sent while the other is signed in, or holds a draft.",
    137: "A page elsewhere sends a form here, so that the person confirms it by a button of ours.",
    138: "A stranger asks for a mailbox's codes and links again and again, to keep its people out.",
    139: "Who reads the mailbox opens a draft before its number stands there, and holds it from then on.",
    140: "What one person began or opened at a browser is seen, changed or sent by the next one there.",
    141: "Who was signed in by a stolen password goes on with the person's request after a new password.",
    142: "A page that hands back what was typed holds a password, a code or a national ID.",
    143: "The next person at a computer registers under a proof by ThaID that was kept there for the one before.",
    144: "Somebody with the database deletes the name beside an event, so that nobody reads who did it.",
    145: "A key of digests or of the record leaked, was renewed, and is used against what is stored or written since.",
}


def marked(root: Path = Path("tests")) -> dict[int, list[str]]:
    """For each number the tests that carry it, as `path::name`, in order."""
    found: dict[int, list[str]] = {}
    for path in sorted(root.rglob("test_*.py")):
        for number, name in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(number, []).append(f"{path}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.attack":
                for argument in decorator.args:
                    yield ast.literal_eval(argument), function.name


def page() -> str:
    """`docs/reference/attacks.md`."""
    tests = marked()
    rows = (
        f"| {number} | {told} | {'<br>'.join(f'`{each}`' for each in tests.get(number, []))} |\n"
        for number, told in ATTACKS.items()
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

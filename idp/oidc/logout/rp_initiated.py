"""What a system asks when it sends somebody to sign out (RP-Initiated Logout 1.0); look-ups are handed in."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from idp.oidc import parameters
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.token.id_token import Hint
from thai_web.refusal import N_, Refusal

NEXT = N_("ออกจากระบบยืนยันตัวตนกลางได้ที่ปุ่ม “ออกจากระบบ” ด้านบนของหน้า")


@dataclass(frozen=True)
class LogoutRequest:
    """Who asks, and where the browser may go afterwards: nowhere unless system and address belong together.

    `is_proven`: an ID token of ours came along, so the system has really had this person as a guest.
    """

    client: RegisteredClient | None
    return_to: str | None
    state: str | None
    is_proven: bool


def read_logout(
    given: MultiDict[str, str],
    read_hint: Callable[[str], Hint | None],
    find_client: Callable[[str], RegisteredClient | None],
) -> LogoutRequest:
    """Check the request. Raises `Refusal` for one that is forged, that says something twice, or names an address that
    is not registered."""
    if parameters.is_repeated(given):
        raise Refusal(N_("คำขอออกจากระบบไม่ถูกต้อง (a parameter is repeated)"), next_step=NEXT)
    hint = _hint(given.get("id_token_hint"), read_hint)
    client_id = given.get("client_id") or (hint.client_id if hint else None)
    client = find_client(client_id) if client_id else None
    if (client_id and client is None) or (hint and client_id != hint.client_id):
        raise Refusal(N_("คำขอออกจากระบบไม่ตรงกับระบบที่ลงทะเบียนไว้ (client_id does not match)"), next_step=NEXT)
    address = given.get("post_logout_redirect_uri")
    if address and client and address not in client.post_logout_redirect_uris:
        raise Refusal(
            N_("ที่อยู่ที่จะส่งท่านกลับหลังออกจากระบบไม่ได้ลงทะเบียนไว้ (post_logout_redirect_uri is not registered)"),
            next_step=NEXT,
        )
    return LogoutRequest(client, address if client else None, given.get("state"), hint is not None)


def _hint(text: str | None, read_hint: Callable[[str], Hint | None]) -> Hint | None:
    if not text:
        return None
    hint = read_hint(text)
    if hint is None:
        raise Refusal(N_("คำขอออกจากระบบไม่ได้มาจากระบบนี้ (id_token_hint is not valid)"), next_step=NEXT)
    return hint

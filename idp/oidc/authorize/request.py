"""The first checks of an authorization request: who asks, where the answer goes, and what is not supported."""

from authlib.oauth2.rfc6749 import OAuth2Error

from idp.oidc import parameters
from idp.oidc.authorize.request_rules import InvalidRequest, read_request
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.store import client_cache
from idp.oidc.token.authorization_code import AuthorizationCode
from thai_web.refusal import N_, Refusal

REQUEST_OBJECT_REFUSED = "request_not_supported"
TELL_THE_SYSTEM = N_("โปรดกลับไปเริ่มใหม่จากระบบที่ท่านใช้ หากยังไม่ได้ โปรดแจ้งผู้ดูแลของระบบนั้น")


def check_addressee(request: ProtocolRequest) -> None:
    """Raises `Refusal`, a page of our own, unless system and return address are registered: anything else would make
    us an open redirector."""
    client = client_cache.find(request.payload.client_id)
    if client is None:
        raise Refusal(
            N_("ระบบที่ส่งท่านมายังไม่ได้ลงทะเบียนไว้ หรือถูกระงับการเชื่อมต่อ (client_id is not registered)"),
            next_step=TELL_THE_SYSTEM,
            code="invalid_client",
        )
    if not client.check_redirect_uri(request.payload.redirect_uri or ""):
        raise Refusal(
            N_("ที่อยู่ที่จะส่งท่านกลับไม่ตรงกับที่ระบบนั้นลงทะเบียนไว้ (redirect_uri is not registered)"),
            next_step=TELL_THE_SYSTEM,
            code="invalid_redirect_uri",
        )
    if parameters.is_repeated(request.payload.data):
        raise Refusal(
            N_("คำขอที่ระบบนั้นส่งมาไม่ถูกต้อง (a parameter is repeated)"),
            next_step=TELL_THE_SYSTEM,
            code="invalid_request",
        )


def refuse_request_objects(request: ProtocolRequest) -> None:
    """Raises `OAuth2Error`: parameters in a signed object or behind an address are not supported (Core, section 6)."""
    for name, error in (("request", REQUEST_OBJECT_REFUSED), ("request_uri", "request_uri_not_supported")):
        if request.payload.data.get(name):
            description = f"the parameter {name} is not supported"
            raise OAuth2Error(error=error, description=description, redirect_uri=request.payload.redirect_uri)


class OpenIdRequest:
    """Reads what OpenID Connect adds to an authorization request into `grant.asked`."""

    def __call__(self, grant: AuthorizationCode) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.read)

    def read(self, grant: AuthorizationCode, _result: object) -> None:
        request = grant.request
        try:
            grant.asked = read_request(request.payload.data, grant.client.scopes)
        except InvalidRequest as error:
            raise OAuth2Error(error=error.error, description=error.description) from error

"""The protocol's scene: a registered client and a person who signed in."""

from tests.idp.oidc.conftest import clerk as clerk
from tests.idp.oidc.conftest import rp as rp

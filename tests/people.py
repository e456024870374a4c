"""The cast of the demo, with which the tests play."""

from demo.cast import CAST as CAST
from demo.cast import CLERK as CLERK
from demo.cast import DLA_OFFICER as DLA_OFFICER
from demo.cast import PASSWORD as PASSWORD
from demo.cast import PROVINCIAL as PROVINCIAL
from demo.cast import UNIT_ADMIN as UNIT_ADMIN
from demo.cast import Invented as Invented
from demo.cast import fictional_national_id as fictional_national_id

CHOSEN_PASSWORD = "harvest-moon-over-rice"  # by the people who register in the journeys

"""Several commands in one process, one after the other, until one fails: each start of Python costs a second.

python -m demo.run_commands "idp keys prepare" "idp migrate" "people"
"""

import shlex
import sys
from importlib import import_module

PROGRAMS = {
    "idp": "idp.commands",
    "info": "relying_party_example.commands",
    "people": "demo.people",
    "province": "demo.province.play",
    "reports": "demo.province.reports",
    "description": "demo.description",
}


def main() -> None:
    """Exits with the code of the command that failed."""
    for line in sys.argv[1:]:
        program, *arguments = shlex.split(line)
        sys.argv = [program, *arguments]
        try:
            import_module(PROGRAMS[program]).main()
        except SystemExit as ended:
            if ended.code:
                raise


if __name__ == "__main__":
    main()

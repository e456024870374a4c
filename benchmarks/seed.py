"""Fill the provider's database for a measurement: `python -m benchmarks.seed DATABASE_URL N`.

Makes N accounts (`bench000000` …, all with one password, posted over the register's units) and, for each, two redeemed
authorizations and two expired tokens: with N = 250,000 that is the country, and a million codes and tokens.
"""

import sys

from sqlalchemy import create_engine, text

from idp.signin.passwords import hash_password

PASSWORD = "river-lamp-garden-2569"
STEPS = (
    """INSERT INTO account (subject, username, title, given_name, family_name, email, email_proven_at, proof, status,
                            tokens_not_before, created_at, updated_at)
       SELECT 'bench-' || g, 'bench' || lpad(g::text, 6, '0'), 'นาย', 'ทดสอบ', 'คนที่ ' || g,
              'bench' || g || '@example.go.th', now(), 'CLAIMED', 'ACTIVE', now() - interval '1 year', now(), now()
       FROM generate_series(0, :n - 1) g ON CONFLICT DO NOTHING""",
    """INSERT INTO password_credential (account_id, hash, changed_at)
       SELECT id, :hash, now() FROM account WHERE username LIKE 'bench%' ON CONFLICT DO NOTHING""",
    """WITH office AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS number FROM unit)
       INSERT INTO posting (account_id, unit_id, position, starts_on, created_at)
       SELECT account.id, office.id, 'เจ้าพนักงานธุรการ', current_date - 400, now()
       FROM account JOIN office ON office.place = account.id % office.number
       WHERE account.username LIKE 'bench%'
         AND NOT EXISTS (SELECT FROM posting WHERE posting.account_id = account.id)""",
    """INSERT INTO sign_in_session (digest, sid, account_id, auth_time, amr, acr, created_at, last_seen_at, expires_at,
                                    ended_at, logout_told_at)
       SELECT sha256(('s' || id)::bytea), 'bench-' || id, id, now() - interval '1 day', '["pwd"]',
              'urn:dla:sso:password', now() - interval '1 day', now() - interval '1 day', now() - interval '12 hours',
              now() - interval '12 hours', now()
       FROM account WHERE username LIKE 'bench%' ON CONFLICT DO NOTHING""",
    """INSERT INTO authorization_grant (code_digest, code_expires_at, client_id, account_id, session_id, scope,
                                        redirect_uri, code_challenge, claims, auth_time, acr, amr, issued_at,
                                        redeemed_at)
       SELECT sha256(('c' || s.id || '-' || k)::bytea), now() - interval '1 day', c.id, s.account_id, s.id,
              'openid profile email', 'http://127.0.0.1:9999/cb', repeat('x', 43), '{}', s.auth_time, s.acr, s.amr,
              now() - interval '1 day', now() - interval '1 day'
       FROM sign_in_session s, generate_series(1, 2) k, (SELECT id FROM client WHERE client_id = 'bench-rs256') c
       WHERE s.sid LIKE 'bench-%' ON CONFLICT DO NOTHING""",
    """INSERT INTO token (digest, kind, grant_id, scope, issued_at, expires_at)
       SELECT sha256(('t' || g.id)::bytea), 'access', g.id, g.scope, g.issued_at, now() - interval '1 day'
       FROM authorization_grant g JOIN sign_in_session s ON s.id = g.session_id
       WHERE s.sid LIKE 'bench-%' ON CONFLICT DO NOTHING""",
    "ANALYZE",
)


def fill(database_url: str, number: int) -> None:
    """Bring the database to `number` accounts with their stale rows; what is there stays."""
    engine = create_engine(database_url)
    values = {"n": number, "hash": hash_password(PASSWORD)}
    with engine.begin() as connection:
        for step in STEPS:
            statement = text(step)
            connection.execute(statement, {name: values[name] for name in statement.compile().params})
    engine.dispose()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))

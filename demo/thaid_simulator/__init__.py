"""A ThaID to try relying parties with: DOPA's documented behaviour and its known peculiarities, switched at run time.

`python -m demo.thaid_simulator PORT [--issuer ADDRESS] [--world FILE.json]`. Knows fictional people only, and refuses
to start where the environment says production.
"""

"""What the provincial office does with a report: check, return, certify."""

"""What each Python process of the rehearsal does first: it lets AWS clients share their models.

dbt-athena makes a session and a client for each thing that it asks, and botocore decodes its JSON
models for each session: three quarters of what dbt did here. The models of one process are the same
for all its sessions. Nothing else is changed, and production does without.
"""

import functools

import botocore.session

botocore.session.create_loader = functools.cache(botocore.session.create_loader)

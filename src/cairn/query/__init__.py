"""What questions are made of.

A filter can ask for a cohort, and a cohort is made of filters: `cohort` completes both, so it is
loaded before any of them is used.
"""

from cairn.query import cohort as cohort

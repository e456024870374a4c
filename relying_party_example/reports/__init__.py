"""A local government's report of one quarter: the form, the figures, the states."""

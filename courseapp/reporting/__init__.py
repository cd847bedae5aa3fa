"""The trainer's and the administrator's view over all of the features below."""

"""Views over all of the features below: a person's own data now, the trainer's and the administrator's later."""

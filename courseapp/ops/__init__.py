"""Running an installation: is it healthy, is its data right, and the commands that set it up."""

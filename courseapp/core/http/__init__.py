"""What every door needs: who may come in, how forms and JSON are read, how refusals are answered."""

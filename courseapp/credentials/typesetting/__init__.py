"""Setting certificates with Typst: what is said (wording), what is drawn (drawing), and the setter itself.

The `.typ` files word nothing and know no one: they get every text as data and place it.
"""

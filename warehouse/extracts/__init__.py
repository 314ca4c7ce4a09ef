"""Reading delivered files as text, batch by batch, with every physical line accounted for."""

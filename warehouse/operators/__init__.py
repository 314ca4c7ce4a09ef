"""The page of those who run the nights: how they went, what needs a person, what is awaited."""

"""The API's description: the OpenAPI document for programs, and a page for people made from it."""

"""The WSGI entry point: `gunicorn wsgi:application`."""

from courseapp import create_app

application = create_app()

"""A mail is neither lost, nor sent twice, nor sent for something that did not happen."""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from courseapp.core import clock, outbox
from tests.cast import THEN
from tests.sites import MailBag

MINUTE = timedelta(minutes=1)


def enqueue(site, subject: str = "Hello", at: datetime = THEN) -> None:
    with site.transaction() as session:
        outbox.enqueue_mail(
            session, to="alice@union.example", subject=subject, text=f"{subject} text", at=at
        )


def deliver(site, transport: MailBag, at: datetime = THEN) -> int:
    with site.app.app_context():
        return outbox.deliver_due(transport, at=at)


def test_a_mail_is_delivered_once(site):
    bag = MailBag()
    enqueue(site)

    assert deliver(site, bag) == 1
    assert deliver(site, bag, at=THEN + timedelta(days=1)) == 0
    (mail,) = bag.mails
    assert (mail.to, mail.subject, mail.text) == ("alice@union.example", "Hello", "Hello text")


def test_mails_leave_in_the_order_in_which_they_were_written(site):
    bag = MailBag()
    for number, minutes in enumerate([2, 0, 1]):
        enqueue(site, str(number), at=THEN + minutes * MINUTE)

    deliver(site, bag, at=THEN + 5 * MINUTE)

    assert [mail.subject for mail in bag.mails] == ["1", "2", "0"]


def test_nothing_is_sent_for_what_was_rolled_back(site):
    bag = MailBag()
    with pytest.raises(ZeroDivisionError), site.transaction() as session:
        outbox.enqueue_mail(session, to="a@b.example", subject="No", text="No", at=THEN)
        session.flush()
        raise ZeroDivisionError

    assert deliver(site, bag) == 0


def test_a_delivered_mail_leaves_nothing_to_read_in_the_database(site):
    enqueue(site)
    deliver(site, MailBag())

    (row,) = site.execute("SELECT recipient, subject, text, last_error FROM outbox_message")
    assert tuple(row) == (None, None, None, None)


def test_a_mail_that_could_not_be_delivered_is_tried_again_after_ever_longer_pauses(site):
    broken = MailBag(refuse_with=OSError("no route to host"))
    enqueue(site)
    deliver(site, broken)
    at = THEN
    for tries, minutes in enumerate([2, 4, 8, 16, 32], start=1):
        at += minutes * MINUTE
        assert deliver(site, broken, at=at - timedelta(seconds=1)) == 0
        assert broken.tries == tries
        deliver(site, broken, at=at)
        assert broken.tries == tries + 1


def test_a_mail_that_was_put_off_leaves_whole_under_the_same_id(site):
    broken, working = MailBag(refuse_with=OSError("no route to host")), MailBag()
    enqueue(site)
    (row,) = site.execute("SELECT id FROM outbox_message")
    deliver(site, broken)

    assert deliver(site, working, at=THEN + 2 * MINUTE) == 1
    assert working.mails[0].id == UUID(str(row[0]))
    assert working.mails[0].text == "Hello text"


def test_a_failure_is_noted_without_stopping_the_mails_behind_it(site):
    class Picky(MailBag):
        def send(self, mail):
            if mail.subject == "bad":
                raise OSError("mailbox unavailable")
            super().send(mail)

    bag = Picky()
    enqueue(site, "bad")
    enqueue(site, "good", at=THEN + MINUTE)

    assert deliver(site, bag, at=THEN + MINUTE) == 1
    assert [mail.subject for mail in bag.mails] == ["good"]
    assert site.scalar("SELECT last_error FROM outbox_message WHERE subject = 'bad'") == (
        "OSError: mailbox unavailable"
    )


def test_after_twelve_tries_a_mail_is_left_alone_but_not_thrown_away(site):
    broken = MailBag(refuse_with=OSError("no such domain"))
    enqueue(site)
    for day in range(20):
        deliver(site, broken, at=THEN + timedelta(days=10 * day))

    assert broken.tries == 12
    assert site.scalar("SELECT text FROM outbox_message") == "Hello text"


def test_a_mail_is_not_taken_twice_while_it_is_on_its_way(site):
    """What a second process would find while the first one is talking to the mail server."""
    second = MailBag()

    class Slow(MailBag):
        def send(self, mail):
            with site.app.app_context():
                outbox.deliver_due(second, at=THEN + MINUTE)
            super().send(mail)

    first = Slow()
    enqueue(site)

    with site.app.app_context():
        outbox.deliver_due(first, at=THEN)

    assert (len(first.mails), len(second.mails)) == (1, 0)


def test_a_mail_that_was_lost_with_its_process_is_sent_again(site):
    class Crash(BaseException):
        pass

    class Crashing(MailBag):
        def send(self, mail):
            raise Crash

    after = MailBag()
    enqueue(site)
    with pytest.raises(Crash):
        deliver(site, Crashing())

    assert deliver(site, after, at=THEN + 4 * MINUTE) == 0
    assert deliver(site, after, at=THEN + 5 * MINUTE) == 1


def test_a_mail_leaves_by_the_courier_without_being_asked_for(fresh_site):
    bag, done = MailBag(), threading.Event()
    app = fresh_site.app
    app.extensions["courseapp_courier"] = outbox.Courier(app, bag)

    @app.teardown_appcontext
    def ring(_error):
        if threading.current_thread() is not threading.main_thread():
            done.set()

    enqueue(fresh_site, at=clock.now())

    assert done.wait(timeout=10)
    assert [mail.subject for mail in bag.mails] == ["Hello"]

"""A file that is removed while it is sent: one of the two wins, and nothing is half done."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, connections

from chat.models import Attachment, AttachmentGone

# By then a send that nothing holds up has long been done.
SENT_S = 0.5


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_sent_at_that_moment_is_not_taken_from_its_question(ann, image, start):
    sending = []

    def send():
        try:
            start(ann, image)
        finally:
            connections.close_all()

    def send_after_the_first_look(execute, sql, *rest):
        found = execute(sql, *rest)
        if not sending and "chat_attachment" in sql:
            sending.append(pool.submit(send))
            wait(sending, SENT_S)
        return found

    with ThreadPoolExecutor(1) as pool:
        with connection.execute_wrapper(send_after_the_first_look):
            Attachment.objects.unsent().filter(pk=image.pk).remove()
        error = sending[0].exception()

    assert error is None or isinstance(error, AttachmentGone)
    assert Attachment.objects.exists() is (error is None)

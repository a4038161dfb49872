from inference.unsaved import Unsaved


def test_gives_nothing_that_was_not_shown():
    unsaved = Unsaved()
    unsaved.add("", "one ")
    assert unsaved.take() == ("", "")
    unsaved.mark_shown()
    unsaved.add("", "two")
    assert unsaved.take() == ("", "one ")


def test_what_was_given_back_comes_first_again():
    unsaved = Unsaved()
    unsaved.add("hm", "one ")
    unsaved.mark_shown()
    taken = unsaved.take()
    unsaved.add("", "two")
    unsaved.mark_shown()
    unsaved.give_back(*taken)
    assert unsaved.take() == ("hm", "one two")

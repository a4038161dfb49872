from inference.unsaved import Unsaved


def test_gives_nothing_that_was_not_shown():
    unsaved = Unsaved()
    unsaved.add("", "one ")
    assert unsaved.take() == (0, "", "")
    unsaved.mark_shown()
    unsaved.add("", "two")
    assert unsaved.take() == (0, "", "one ")


def test_the_next_part_starts_where_the_last_ended():
    unsaved = Unsaved()
    unsaved.add("hm", "one ")
    unsaved.mark_shown()
    unsaved.take()
    unsaved.add("", "two")
    unsaved.mark_shown()
    assert unsaved.take() == (6, "", "two")


def test_what_was_given_back_comes_first_again_from_the_same_start():
    unsaved = Unsaved()
    unsaved.add("hm", "one ")
    unsaved.mark_shown()
    part = unsaved.take()
    unsaved.add("", "two")
    unsaved.mark_shown()
    unsaved.give_back(part)
    assert unsaved.take() == (0, "hm", "one two")

"""How templates write data."""

from __future__ import annotations

from flask import Flask, render_template_string


def test_data_on_an_english_page_says_that_it_is_korean_and_holds_nothing_unseen(
    app: Flask,
) -> None:
    text = "가\x01<b>\u202e"
    write = "{{ text|in_korean }}"
    with app.test_request_context("/"):
        ko = render_template_string(write, text=text, locale="ko")
        en = render_template_string(write, text=text, locale="en")
        latin = render_template_string(write, text="Seoul", locale="en")
    assert ko == "가\ufffd&lt;b&gt;\ufffd"
    assert en == f'<span lang="ko">{ko}</span>'
    assert latin == "Seoul"

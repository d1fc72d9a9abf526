"""The figure of chapter 17 names every role, link and counter on a token's way, in order."""

from labkit.figures.exchange import draw_channel


def test_roles_and_links_stand_in_a_tokens_order():
    axes = draw_channel().axes[0]
    down = sorted((t.get_position()[1], t.get_text()) for t in axes.texts if t.get_text())
    texts = [text for _, text in down]
    order = ["senders (block 1)", "network", "forwarders (block 0)", "NVLink", "receivers (block 1)"]
    assert [t for t in texts if t in order] == order
    assert texts.count("ring, tail") == 2 and texts[-1] == "received, in the order sent"

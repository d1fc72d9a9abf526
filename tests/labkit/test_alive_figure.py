"""The figure of chapter 13: registers alive."""

from smsim.listing import views
from smsim.ptx.living import words, words_alive

TEXT = """.version 8.0
.target sm_75
.address_size 64
.visible .entry twice(.param .u64 p)
{
    .reg .b64 %rd<2>;  .reg .f32 %f<3>;
    ld.param.u64 %rd1, [p];
    ld.global.f32 %f1, [%rd1];
    add.rn.f32 %f2, %f1, %f1;
    st.global.f32 [%rd1], %f2;
    ret;
}
"""


def test_bars_and_lines_are_the_numbers():
    from labkit.figures.alive import draw_alive

    view = views(TEXT)
    (axes,) = draw_alive(view, machine=8).axes
    assert [bar.get_height() for bar in axes.patches] == words_alive(view.function) == [0, 2, 3, 3, 0]
    assert [line.get_ydata()[0] for line in axes.lines] == [words(view.function), 8] == [4, 8]
    assert axes.get_ylim()[1] > 8
    (axes,) = draw_alive(view).axes
    assert len(axes.lines) == 1

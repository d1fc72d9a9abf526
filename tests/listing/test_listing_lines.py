"""Which PTX comes from which Python line."""

import pytest
from listed_kernels import SAXPY, F, arrays, cubes, first_line, mirror, saxpy

from smsim.listing import views
from smsim.listing.folding import Group


def test_lines_of_a_python_line(listing_of):
    view = listing_of(saxpy, SAXPY)
    guard = first_line(saxpy) + 3
    assert [line.split()[0] for line in view.lines(guard).splitlines()] == ["setp.ge.s64", "@%p1"]
    work = view.lines(guard + 1)
    assert work.count("ld.global.f32") == 2 and "fma.rn.f32" in work and "st.global.f32" in work
    assert [i.opcode for i in view.instructions_of(guard)] == ["setp", "bra"]


def test_a_line_without_instructions_says_so(listing_of):
    view = listing_of(cubes, (F, F))
    assert view.lines(first_line(cubes) + 3) == "(no instruction comes from this line)"


def test_a_line_can_be_named_by_its_text(listing_of):
    view = listing_of(saxpy, SAXPY)
    assert view.lines("if i < n") == view.lines(first_line(saxpy) + 3)
    with pytest.raises(ValueError, match="No line of saxpy contains 'y\\[j\\]'"):
        view.lines("y[j]")


def test_a_line_outside_the_kernel_is_refused_with_the_lines_it_has(listing_of):
    first = first_line(saxpy)
    with pytest.raises(ValueError, match=f"lines {first} to {first + 4}; line 1 is not"):
        listing_of(saxpy, SAXPY).lines(1)


def test_inlined_code_is_shown_as_another_functions(listing_of):
    view = listing_of(cubes, (F, F))
    groups = [part for part in view.folded[0].parts if isinstance(part, Group)]
    foreign = [g for g in groups if g.origin.elsewhere]
    assert foreign and all(s.opcode == "mul.f32" for g in foreign for s in g.statements)
    assert f"Python line {foreign[0].origin.line} of another function: return v * v * v" in str(view)
    assert all(g.origin.line != foreign[0].origin.line for g in groups if not g.origin.elsewhere)


def test_the_text_is_the_one_that_an_error_counts_lines_in():
    """``check`` runs the same text, so that the line in a message can be looked up in ``full``."""
    import smsim

    x, y = arrays(4, 4)
    report = smsim.check(saxpy[1, 8], 8, 2.0, x, y)
    error = report.errors[0]
    view = views(saxpy, (8, 2.0, x, y))
    assert error.ptx_text.split()[0] in view.full.splitlines()[error.ptx_line - 1]


def test_signatures_types_arguments_and_launches_give_the_same_text(listing_of):
    import numpy as np

    x, y = arrays(4, 4)
    texts = {
        views(saxpy, "void(int64, float32, float32[::1], float32[::1])").full,
        views(saxpy, SAXPY).full,
        views(saxpy, (4, np.float32(2), x, y)).full,
        views(saxpy[1, 4], SAXPY).full,
    }
    assert len(texts) == 1
    mirror[1, 64](*arrays(64, 64))
    assert views(mirror).ptx == listing_of(mirror, (F, F)).ptx


def test_what_cannot_be_viewed_is_refused_in_words():
    from listed_kernels import cubed
    from numba import cuda

    @cuda.jit
    def untouched(x):
        x[0] = 1

    with pytest.raises(TypeError, match="untouched has not been launched yet"):
        views(untouched)
    with pytest.raises(TypeError, match="takes 1 argument"):
        views(untouched, (1, 2))
    with pytest.raises(TypeError, match="is a list"):
        views(untouched, ([1],))
    with pytest.raises(TypeError, match="device function"):
        views(cubed, (SAXPY[1],))
    with pytest.raises(TypeError, match="not a int"):
        views(3)
    with pytest.raises(TypeError, match="takes no signature"):
        views(".version 9.0", SAXPY)


def test_a_kernel_without_source_is_listed_all_the_same():
    from numba import cuda

    space = {"cuda": cuda}
    exec("@cuda.jit\ndef conjured(x):\n    x[cuda.threadIdx.x] = 1\n", space)
    view = views(space["conjured"], (SAXPY[2],))
    assert "st.global.u32" in str(view) and 'class="sv-py"' not in view._repr_html_()
    with pytest.raises(ValueError, match="source of conjured is not known"):
        view.lines(3)

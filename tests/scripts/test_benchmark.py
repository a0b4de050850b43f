"""The measuring scripts: what they count, and that they never spoil docs/evidence/benchmarks.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from places import ROOT

from benchmarks import clips, recognisers, report, shares


def test_an_interval_holds_its_share_and_never_leaves_the_scale() -> None:
    """Wilson's interval, against values worked out by hand; 0 and 100 % stay within the scale."""
    assert shares.wilson(485, 499) == pytest.approx((0.9535, 0.9832), abs=0.0002)
    assert shares.wilson(0, 507) == pytest.approx((0.0, 0.00752), abs=0.0002)
    assert shares.wilson(10, 10)[1] == 1.0
    assert shares.wilson(0, 0) == (0.0, 1.0)


def test_what_is_counted() -> None:
    """A swap, a false "no", a command out of nothing; "stop" heard as the command is right, as "no" it is not."""
    labels = "yes yes no no go go stop stop"
    meanings = "yes no no no_match no no_match stop no"
    heard = [{"label": a, "meaning": b} for a, b in zip(labels.split(), meanings.split(), strict=True)]
    figures = shares.measure(heard)
    assert {name: (share["hits"], share["of"]) for name, share in figures.items()} == {
        "yes heard": (1, 2),
        "no heard": (1, 2),
        "yes taken as no": (1, 2),
        "no taken as yes": (0, 2),
        "other word taken as no": (2, 4),
        "other word taken as anything that acts": (2, 4),
        "stop heard": (1, 2),
    }
    assert len(shares.wrong(heard)) == 4


def test_a_part_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    """A measurement writes its own part; a file without that part is left as it was."""
    path = tmp_path / "benchmarks.md"
    text = "# Title\n\n<!-- noise: made by scripts/bench -->\nold\n<!-- end of noise -->\n\nThe end.\n"
    path.write_text(text)
    report.replace_part(path, "noise", r"| new \1 |")
    assert path.read_text() == text.replace("\nold\n", "\n\n| new \\1 |\n\n")
    with pytest.raises(ValueError, match="comparison"):
        report.replace_part(path, "comparison", "x")
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_document_has_the_parts_that_are_measured() -> None:
    """scripts/bench finds its places in docs/evidence/benchmarks.md."""
    text = (ROOT / "docs" / "evidence" / "benchmarks.md").read_text()
    for name in ("comparison", "noise"):
        assert f"<!-- {name}: made by scripts/bench -->" in text
        assert f"<!-- end of {name} -->" in text


def test_a_peer_that_is_missing_is_known_to_be() -> None:
    """Nothing is imported to find out whether a recogniser is installed."""
    assert recognisers.RECOGNISERS[recognisers.OURS].installed
    assert not recognisers.Recogniser("none", "", "no_such_recogniser", lambda: lambda samples: {}).installed


@pytest.mark.parametrize("background", ["household", "speech", "pink_noise"])
def test_a_background_is_as_far_below_the_clip_as_it_says(human_audio: Path, background: str) -> None:
    """The level is right and the sound the same each time; a noise goes on around the clip."""
    if human_audio != clips.AUDIO:
        pytest.skip("the recordings are elsewhere")
    row = next(row for row in clips.clips() if -25 < float(row["rms_dbfs"]) < -20)
    with_it, without = clips.sound(row, background, 10.0), clips.sound(row)
    samples, before = clips.read(row["file"]), round(clips.BEFORE_S * clips.RATE_HZ)
    return_to = with_it - without
    during = return_to[before : before + len(samples)]
    assert 20 * np.log10(clips.rms(samples) / clips.rms(during)) == pytest.approx(10.0, abs=0.2)
    assert return_to[:before].any() == (background != "speech")
    assert np.array_equal(with_it, clips.sound(row, background, 10.0))

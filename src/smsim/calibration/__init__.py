"""Where the timing model is right and where it is wrong: small kernels, profiled, beside published measurements.

Each module measures one subject and gives rows; :func:`measure` puts them together. What others published stands in
``published.toml``, each value with unit, source, date and mark.
"""

from smsim.calibration.bandwidth import Curve, curves
from smsim.calibration.row import Row, Source
from smsim.calibration.rows import measure

__all__ = ["Curve", "Row", "Source", "curves", "measure"]

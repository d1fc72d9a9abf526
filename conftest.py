"""For every test, and for every notebook that nbval runs: an empty progress folder of its own.

Checks remember what the reader solved; a test must neither read nor change that.
"""

import os
import tempfile

_FOLDER = tempfile.TemporaryDirectory(prefix="twenty-progress-")
os.environ["TWENTY_PROGRESS_DIR"] = _FOLDER.name

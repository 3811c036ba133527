"""What the dashboard's tests share."""

import sys
from pathlib import Path

# Helper modules beside the tests (test data writers, a registry server) are imported by name.
sys.path.insert(0, str(Path(__file__).parent))

"""What is public here, and where it lives."""

from .forgetting import Forgetting as Forgetting
from .forgetting import forgetting as forgetting
from .gradient_grid import GradientFlow as GradientFlow
from .gradient_grid import GradientGrid as GradientGrid
from .gradient_grid import gradient_grid as gradient_grid
from .paths import GradientPaths as GradientPaths
from .paths import gradient_paths as gradient_paths
from .shattering import GradientNoise as GradientNoise
from .shattering import Shattering as Shattering
from .shattering import shattering as shattering

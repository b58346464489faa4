"""What is public here, and where it lives."""

from .background import Background as Background
from .forgetting import Forgetting as Forgetting
from .forgetting import forgetting as forgetting
from .gradient_grid import GradientFlow as GradientFlow
from .gradient_grid import GradientGrid as GradientGrid
from .gradient_grid import gradient_grid as gradient_grid
from .growing import Growing as Growing
from .growing import Grown as Grown
from .growing import grow as grow
from .growing import growing as growing
from .lesions import Lesion as Lesion
from .lesions import Lesions as Lesions
from .lesions import cifar_test as cifar_test
from .lesions import lesions as lesions
from .paths import GradientPaths as GradientPaths
from .paths import gradient_paths as gradient_paths
from .record import recorded_lesions as recorded_lesions
from .shattering import GradientNoise as GradientNoise
from .shattering import Shattering as Shattering
from .shattering import shattering as shattering

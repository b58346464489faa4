"""`python -m resnet_core ...`"""

from resnet_core.cli import main

main()

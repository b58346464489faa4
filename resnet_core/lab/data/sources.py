"""load_for(): the data set that a recipe trains on, in memory or on disk."""

from __future__ import annotations

from pathlib import Path

from resnet_core.lab.data.sets import DataSet, load_data
from resnet_core.lab.data.streaming import StreamedSet, stream_class_folders
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.weights.download import Progress

TrainingData = DataSet | StreamedSet


def load_for(config: TrainConfig, folder: Path | None = None, progress: Progress | None = None) -> TrainingData:
    """Load what the recipe trains on: whole, or left on disk where its `crop` is "scale".

    Args:
        folder, progress: as `load_data` takes them.

    Raises:
        DataError: if the set is absent or unusable.
    """
    if config.crop == "scale" and config.image_size is not None:
        return stream_class_folders(config.data, folder, config.image_size)
    return load_data(config.data, folder, progress=progress, leave_out=config.leave_out)

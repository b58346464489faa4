"""The rooms that are reached by name; the others by their modules."""

from . import theory as theory

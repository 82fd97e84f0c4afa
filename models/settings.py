"""Settings that check themselves: one place for a value's default, bounds, unit and help text.

`ModelConfig`, `TrainConfig` and every task are frozen dataclasses whose fields are made here, so the
controls on a page, the URL and the constructor all enforce the same limits with the same words.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """What may be asked of one value."""

    kind: str
    """whole, real, choice, switch or text."""
    label: str
    """Name that a person reads."""
    help: str
    """One or two sentences: what the value does."""
    unit: str = ""
    """Unit that a person reads, for example `updates`; empty for a pure number."""
    low: float = 0
    high: float = 0
    options: tuple[str, ...] = ()
    """The allowed words of a choice."""
    step: float = 0
    """Distance between two stops of a slider; 0 leaves it to the control."""
    logarithmic: bool = False
    """Whether the values are best offered on a logarithmic scale (learning rates)."""

    def wanted(self) -> str:
        """The allowed values in words, for messages."""
        unit = f" {self.unit}" if self.unit else ""
        match self.kind:
            case "whole":
                return f"a whole number from {self.low:g} to {self.high:g}{unit}"
            case "real":
                return f"a number from {self.low:g} to {self.high:g}{unit}"
            case "choice":
                return "one of " + ", ".join(self.options)
            case "switch":
                return "true or false"
        return f"a text of at most {self.high:g} characters"

    def accepts(self, value: Any) -> bool:
        """Whether the value has the right type and lies within the bounds."""
        match self.kind:
            case "whole":
                right = isinstance(value, int) and not isinstance(value, bool)
                return right and self.low <= value <= self.high
            case "real":
                right = isinstance(value, int | float) and not isinstance(value, bool)
                return right and math.isfinite(value) and self.low <= value <= self.high
            case "choice":
                return isinstance(value, str) and value in self.options
            case "switch":
                return isinstance(value, bool)
        return isinstance(value, str) and len(value) <= self.high

    def parse(self, text: str) -> Any:
        """The value that a URL's text stands for.

        Raises ValueError, naming what was wanted and what came, where there is none.
        """
        try:
            match self.kind:
                case "whole":
                    value: Any = int(text)
                case "real":
                    value = float(text)
                case "switch":
                    value = {"true": True, "false": False}[text.lower()]
                case _:
                    value = text
        except (ValueError, KeyError):
            value = text
        if not self.accepts(value):
            raise ValueError(f"wanted {self.wanted()}, got {shortened(text)}")
        return value


def shortened(value: Any, most: int = 40) -> str:
    """A value as it may stand in a message: quoted, and cut where it is long."""
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def whole(default: int, low: int, high: int, label: str, help: str, *, unit: str = "", step: int = 1) -> Any:
    """A dataclass field for a whole number from `low` to `high`."""
    setting = Setting("whole", label, help, unit, low, high, step=step)
    return field(default=default, metadata={"setting": setting})


def real(
    default: float,
    low: float,
    high: float,
    label: str,
    help: str,
    *,
    unit: str = "",
    step: float = 0,
    logarithmic: bool = False,
) -> Any:
    """A dataclass field for a finite number from `low` to `high`."""
    setting = Setting("real", label, help, unit, low, high, step=step, logarithmic=logarithmic)
    return field(default=default, metadata={"setting": setting})


def choice(default: str, options: Sequence[str], label: str, help: str) -> Any:
    """A dataclass field for one word of several."""
    setting = Setting("choice", label, help, options=tuple(options))
    return field(default=default, metadata={"setting": setting})


def switch(default: bool, label: str, help: str) -> Any:
    """A dataclass field that is on or off."""
    return field(default=default, metadata={"setting": Setting("switch", label, help)})


def text(default: str, most: int, label: str, help: str) -> Any:
    """A dataclass field for a text of at most `most` characters."""
    setting = Setting("text", label, help, high=most)
    return field(default=default, metadata={"setting": setting})


def settings_of(owner: Any) -> dict[str, Setting]:
    """The settings of a dataclass or of one of its instances, by field name."""
    fields = dataclasses.fields(owner)
    return {f.name: f.metadata["setting"] for f in fields if "setting" in f.metadata}


def check(instance: Any) -> None:
    """Hold every setting of a dataclass instance to its bounds.

    A whole number given for a real one becomes a float and -0.0 becomes 0.0, so equal settings are equal
    in text too.
    Raises ValueError, naming the field, what was wanted and what came.
    """
    for name, setting in settings_of(instance).items():
        value = getattr(instance, name)
        if not setting.accepts(value):
            raise ValueError(f"{name}: wanted {setting.wanted()}, got {shortened(value)}")
        if setting.kind == "real":
            object.__setattr__(instance, name, float(value) + 0.0)

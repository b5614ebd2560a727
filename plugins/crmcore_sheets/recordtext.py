"""Records in one cell: each as JSON on a line of its own, for people to see and for us to read back."""

from __future__ import annotations

import json
from typing import Any

from crmcore.codec import Codec
from crmcore.errors import ValueRefusedError
from crmcore.fieldspec import FieldSpec, Kind

_BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


def records_text(value: Any, codec: Codec) -> str:
    """The records *value*, or the one, as a cell; "" when there is none."""
    if value is None or value == ():
        return ""
    several = value if isinstance(value, tuple) else (value,)
    return "\n".join(json.dumps(codec.encode_value(one), ensure_ascii=False) for one in several)


def read_records(spec: FieldSpec, text: str, codec: Codec) -> Any:
    """The records of the field *spec* that `records_text` wrote. Raises ValueRefusedError."""
    try:
        several = [json.loads(line) for line in text.splitlines() if line.strip()]
        if not all(isinstance(one, dict) for one in several):
            raise ValueError(text)
        if spec.kind is Kind.RECORDS:
            return codec.decode_value(spec.key, several)
        (only,) = several
        return codec.decode_value(spec.key, only)
    except _BROKEN as error:
        raise ValueRefusedError(spec.key, text, "records as crmcore exports them") from error

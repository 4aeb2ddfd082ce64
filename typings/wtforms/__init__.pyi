from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms.fields import (
    BooleanField as BooleanField,
)
from wtforms.fields import (
    Field as Field,
)
from wtforms.fields import (
    HiddenField as HiddenField,
)
from wtforms.fields import (
    IntegerField as IntegerField,
)
from wtforms.fields import (
    MultipleFileField as MultipleFileField,
)
from wtforms.fields import (
    RadioField as RadioField,
)
from wtforms.fields import (
    SelectField as SelectField,
)
from wtforms.fields import (
    SelectMultipleField as SelectMultipleField,
)
from wtforms.fields import (
    StringField as StringField,
)
from wtforms.fields import (
    TextAreaField as TextAreaField,
)

class BaseForm:
    def __iter__(self) -> Iterator[Field]: ...
    def __getitem__(self, name: str) -> Field: ...
    def __contains__(self, name: object) -> bool: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def errors(self) -> dict[str, Any]: ...

class Form(BaseForm):
    def __init__(
        self,
        formdata: Any = ...,
        obj: Any = ...,
        prefix: str = ...,
        data: Mapping[str, Any] | None = ...,
        meta: Mapping[str, Any] | None = ...,
        **kwargs: Any,
    ) -> None: ...
    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = ...) -> bool: ...
    def process(self, formdata: Any = ..., obj: Any = ..., data: Any = ..., extra_filters: Any = ..., **kwargs: Any) -> None: ...

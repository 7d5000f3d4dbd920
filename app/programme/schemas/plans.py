"""The versions of a state's plan (rules section 21)."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.state_plan import PARAMETERS, TABLES, Parameter, WrongRows, parameter_from


class PlanParameter(fields.Field):  # type: ignore[type-arg]
    """A parameter of the plan, from JSON or a form: tried here, so that all that is wrong is told at once, and read by the action as it was given."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            parameter_from(str(attr), value)
        except WrongRows as error:
            raise ValidationError(error.cells) from None
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return value


class PlanFactsSchema(Schema):
    state = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(max=200))
    ruleset = fields.String(load_default="seed", validate=validate.OneOf(["seed", "final"]))
    effective_on = fields.Date(required=True)
    reason = fields.String(required=True)


def description(one: Parameter) -> str:
    """What a program sends: for a table the value itself, or rows of its columns."""
    table = TABLES.get(one.name)
    how = f": a value such as {table.example}, or rows of {', '.join(column.name for column in table.columns)}" if table else ""
    return f"{one.label} (programme rule {one.rule}){how}"


PlanParametersSchema = Schema.from_dict(
    {one.name: PlanParameter(allow_none=True, metadata={"description": description(one)}) for one in PARAMETERS},
    name="PlanParametersSchema",
)


class NewPlanSchema(PlanFactsSchema, PlanParametersSchema):  # type: ignore[misc, valid-type]
    """A new version. What is not given keeps its default, unless `complete` says that everything stands here: then it is empty."""

    complete = fields.Boolean(load_default=False)

    @post_load
    def together(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The parameters in one place, apart from what the version is called."""
        parameters = {one.name: loaded.pop(one.name) for one in PARAMETERS if one.name in loaded}
        if loaded.pop("complete"):
            parameters = {**self._emptied(parameters), **parameters}
        return {**loaded, "parameters": parameters}

    def _emptied(self, given: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, list[str]] = {}
        emptied: dict[str, Any] = {}
        for one in PARAMETERS:
            try:
                emptied[one.name] = None if one.name in given else parameter_from(one.name, None)
            except ValueError as error:
                told[one.name] = [str(error)]
        if told:
            raise ValidationError(told)
        return emptied


class ForStateSchema(Schema):
    state = fields.String(load_default="")


class PlanRowSchema(Schema):
    id = fields.UUID()
    state = fields.String()
    version = fields.Integer()
    name = fields.String()
    ruleset = fields.String()
    effective_on = fields.Date()
    made_at = fields.DateTime()
    reason = fields.String()
    in_force = fields.Boolean()
    path = fields.String()


class PlansSchema(Schema):
    plans = fields.List(fields.Nested(PlanRowSchema))
    may_add = fields.Boolean()


class PlanPageSchema(PlanRowSchema):
    """A version with all its parameters, and what differs from the version before it."""

    parameters = fields.Dict(attribute="all_parameters")
    changes = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())
    previous_path = fields.String(allow_none=True)
    may_add = fields.Boolean()


class PlanFormSchema(Schema):
    """The form of a new version, filled in from the newest one."""

    state = fields.String()
    name = fields.String()
    ruleset = fields.String()
    follows = fields.String(allow_none=True)
    groups = fields.List(fields.Dict())
    path = fields.String()

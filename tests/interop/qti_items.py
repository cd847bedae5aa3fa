"""Items of QTI for tests, in the names of 2.x; `item(version, ...)` puts them into those of the version."""

from __future__ import annotations

import re

import pytest

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.qti import read, write_21, write_22, write_30
from courseapp.interop.questions.types import ExchangedQuestion, Severity
from tests.interop.qti_schema import HTML, NAMESPACES, kebab

VERSIONS = ("2.1", "2.2", "3.0")
WRITERS = {"2.1": write_21, "2.2": write_22, "3.0": write_30}
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
every_version = pytest.mark.parametrize("version", VERSIONS)


def in_version(xml: str, version: str) -> str:
    """Return XML with the names of a version."""
    if version != "3.0":
        return xml
    plain = HTML | {"div", "object", "video", "b", "math", "mi", "sub"}

    def tag(match: re.Match[str]) -> str:
        opening, name, rest = match.groups()
        renamed = name if name in plain else f"qti-{kebab(name)}"
        return opening + renamed + re.sub(r"\s\w+(?==)", lambda found: kebab(found[0]), rest)

    xml = re.sub(r"(</?)([A-Za-z0-9]+)([^>]*)", tag, xml)
    return re.sub(
        r"(<qti-(?:modal-feedback|rubric-block|feedback-block)\b[^>]*>)(.*?)(</qti-(?:modal-feedback|rubric-block|feedback-block)>)",
        r"\1<qti-content-body>\2</qti-content-body>\3",
        xml,
        flags=re.DOTALL,
    )


def item(
    version: str,
    body: str,
    *parts: str,
    processing: str = "",
    after: str = "",
    said: str = 'identifier="q1" title="A question"',
) -> bytes:
    inner = "".join(parts) + f"<itemBody>{body}</itemBody>{processing}{after}"
    xml = f'<assessmentItem {said} timeDependent="false">{inner}</assessmentItem>'
    root = "qti-assessment-item" if version == "3.0" else "assessmentItem"
    return (
        in_version(xml, version)
        .replace(f"<{root}", f'<{root} xmlns="{NAMESPACES[version]}"', 1)
        .encode()
    )


def response(
    base_type: str, *correct: str, cardinality: str = "single", mapping: str = "", name="RESPONSE"
):
    values = "".join(f"<value>{value}</value>" for value in correct)
    key = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base_type}">'
        f"{key}{mapping}</responseDeclaration>"
    )


def mapping(said: str = "", **credits_by_key: str) -> str:
    entries = "".join(
        f'<mapEntry mapKey="{key.replace("_", " ")}" mappedValue="{value}"/>'
        for key, value in credits_by_key.items()
    )
    return f"<mapping {said}>{entries}</mapping>"


def outcome(
    name: str, default: str = "", base_type: str = "float", cardinality: str = "single"
) -> str:
    value = f"<defaultValue><value>{default}</value></defaultValue>" if default else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base_type}">'
        f"{value}</outcomeDeclaration>"
    )


def template(name: str) -> str:
    return f'<responseProcessing template="{TEMPLATES}/{name}"/>'


def choices(*texts: str, said: str = 'maxChoices="1"') -> str:
    inner = "".join(f'<simpleChoice identifier="{t[0]}">{t}</simpleChoice>' for t in texts)
    return f'<choiceInteraction responseIdentifier="RESPONSE" {said}>{inner}</choiceInteraction>'


def entry(name: str = "RESPONSE") -> str:
    return f'<textEntryInteraction responseIdentifier="{name}"/>'


def when(test: str, *effects: str, otherwise: str = "") -> str:
    last = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{''.join(effects)}</responseIf>{last}</responseCondition>"


def sets(name: str, value: str, base_type: str = "float") -> str:
    if not value.startswith("<"):
        value = f'<baseValue baseType="{base_type}">{value}</baseValue>'
    return f'<setOutcomeValue identifier="{name}">{value}</setOutcomeValue>'


def variable(name: str = "RESPONSE") -> str:
    return f'<variable identifier="{name}"/>'


def rules(*inner: str) -> str:
    return f"<responseProcessing>{''.join(inner)}</responseProcessing>"


def shown(name: str, text: str, outcome_name: str = "FEEDBACK", show: str = "show") -> str:
    return (
        f'<modalFeedback outcomeIdentifier="{outcome_name}" identifier="{name}" showHide="{show}">'
        f"{text}</modalFeedback>"
    )


IS_RIGHT = f'<match>{variable()}<correct identifier="RESPONSE"/></match>'


def one(content: bytes) -> ExchangedQuestion:
    """Return the one question of a file about which there is nothing to say."""
    reading = read(content)
    assert reading.remarks == []
    [question] = reading.questions
    return question


def changed(content: bytes) -> tuple[ExchangedQuestion, list[str]]:
    """Return the one question of a file, and what there is to say about it."""
    reading = read(content)
    assert {remark.severity for remark in reading.remarks} == {Severity.CHANGED}
    [question] = reading.questions
    return question, [remark.message for remark in reading.remarks]


def refusal(content: bytes) -> str:
    reading = read(content)
    assert reading.questions == []
    [remark] = reading.remarks
    assert remark.severity is Severity.REFUSED
    return remark.message


def unreadable(content: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        read(content)
    return str(error.value.reason)

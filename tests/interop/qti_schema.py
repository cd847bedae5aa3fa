"""What 1EdTech's schemas allow of the elements that we write, in a form of our own, and a check against it.

Names are those of 2.x. Content is a regular expression over the names of the elements inside, each with a
blank behind it; `text` says whether words may stand between them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from courseapp.interop.questions.packages import read_package

NCNAME = r"[A-Za-z_][A-Za-z0-9._-]*"
BOOLEAN = r"true|false"
DOUBLE = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"
COUNT = r"\d+"
ANY = r"[^\n\r\t]*"
SHOW = r"show|hide"
TYPES = r"identifier|string|float|directedPair"

INLINE = (
    "(em|strong|code|a|br|img|span|textEntryInteraction|inlineChoiceInteraction|feedbackInline)"
)
BLOCK = (
    "(p|h2|h3|h4|h5|h6|pre|ul|ol|blockquote|table|hr|choiceInteraction|orderInteraction|matchInteraction"
    "|extendedTextInteraction)"
)
FLOW = f"({INLINE[1:-1]}|{BLOCK[1:-1]}|feedbackBlock)"
EXPRESSION = "(variable|correct|baseValue|mapResponse|match|stringMatch|patternMatch|equal|product|sum|isNull|not)"
RULE = "(responseCondition|setOutcomeValue)"
BRANCH = f"{EXPRESSION} ({RULE} )*"


@dataclass(frozen=True)
class Element:
    """What an element may hold and say; attributes with a ? behind their name may be left out."""

    content: str = ""
    text: bool = False
    attributes: tuple[tuple[str, str], ...] = ()


def element(content: str = "", *, text: bool = False, **attributes: str) -> Element:
    return Element(content, text, tuple((k.rstrip("_"), v) for k, v in attributes.items()))


def inline(**attributes: str) -> Element:
    return element(f"({INLINE} )*", text=True, **attributes)


def flow(**attributes: str) -> Element:
    return element(f"({FLOW} )*", text=True, **attributes)


def optional(**attributes: str) -> dict[str, str]:
    return {f"{name}?": pattern for name, pattern in attributes.items()}


NAMED = {"identifier": NCNAME}
SHOWN = {"outcomeIdentifier": NCNAME, "identifier": NCNAME, "showHide": SHOW}

GRAMMAR = {
    "assessmentItem": element(
        "(responseDeclaration )*(outcomeDeclaration )*(itemBody )(responseProcessing )?(modalFeedback )*",
        **NAMED,
        title=ANY,
        adaptive=BOOLEAN,
        timeDependent=BOOLEAN,
        schemaLocation=r"\S+ \S+",
    ),
    "responseDeclaration": element(
        "(correctResponse )?(mapping )?",
        **NAMED,
        cardinality="single|multiple|ordered",
        baseType=TYPES,
    ),
    "correctResponse": element("(value )+"),
    "defaultValue": element("(value )+"),
    "value": element(text=True),
    "mapping": element(
        "(mapEntry )+", **optional(lowerBound=DOUBLE, upperBound=DOUBLE, defaultValue=DOUBLE)
    ),
    "mapEntry": element(mapKey=ANY, mappedValue=DOUBLE, **optional(caseSensitive=BOOLEAN)),
    "outcomeDeclaration": element(
        "(defaultValue )?",
        **NAMED,
        cardinality="single|multiple",
        baseType="float|identifier",
        **optional(normalMaximum=DOUBLE, externalScored="human"),
    ),
    "itemBody": element(f"(({BLOCK}|rubricBlock) )+"),
    "rubricBlock": element(f"({BLOCK} )+", view="scorer", **optional(use="scoring")),
    "contentBody": flow(),
    "choiceInteraction": element(
        "(simpleChoice )+",
        responseIdentifier=NCNAME,
        shuffle=BOOLEAN,
        maxChoices=COUNT,
        **optional(class_=ANY),
    ),
    "simpleChoice": flow(**NAMED),
    "orderInteraction": element("(simpleChoice )+", responseIdentifier=NCNAME, shuffle=BOOLEAN),
    "matchInteraction": element(
        "simpleMatchSet simpleMatchSet ",
        responseIdentifier=NCNAME,
        shuffle=BOOLEAN,
        maxAssociations=COUNT,
    ),
    "simpleMatchSet": element("(simpleAssociableChoice )*"),
    "simpleAssociableChoice": flow(**NAMED, matchMax=COUNT),
    "textEntryInteraction": element(responseIdentifier=NCNAME, **optional(class_=ANY)),
    "inlineChoiceInteraction": element(
        "(inlineChoice )+", responseIdentifier=NCNAME, shuffle=BOOLEAN
    ),
    "inlineChoice": element(text=True, **NAMED),
    "extendedTextInteraction": element(
        responseIdentifier=NCNAME, **optional(expectedLength=COUNT, patternMask=ANY)
    ),
    "feedbackInline": inline(**SHOWN),
    "feedbackBlock": element(f"({BLOCK} )*", **SHOWN),
    "modalFeedback": flow(**SHOWN),
    "responseProcessing": element(f"({RULE} )*", **optional(template=r"https?://\S+")),
    "responseCondition": element("responseIf (responseElseIf )*(responseElse )?"),
    "responseIf": element(BRANCH),
    "responseElseIf": element(BRANCH),
    "responseElse": element(f"({RULE} )*"),
    "setOutcomeValue": element(f"{EXPRESSION} ", **NAMED),
    "variable": element(**NAMED),
    "correct": element(**NAMED),
    "mapResponse": element(**NAMED),
    "baseValue": element(text=True, baseType=TYPES),
    "match": element(f"({EXPRESSION} ){{2}}"),
    "stringMatch": element(f"({EXPRESSION} ){{2}}", caseSensitive=BOOLEAN),
    "patternMatch": element(f"{EXPRESSION} ", pattern=r"[\s\S]*"),
    "equal": element(
        f"({EXPRESSION} ){{2}}",
        toleranceMode="exact|absolute",
        **optional(tolerance=f"{DOUBLE} {DOUBLE}"),
    ),
    "product": element(f"({EXPRESSION} )+"),
    "sum": element(f"({EXPRESSION} )+"),
    "isNull": element(f"{EXPRESSION} "),
    "not": element(f"{EXPRESSION} "),
    # What of XHTML is used
    "p": inline(),
    **{f"h{level}": inline() for level in range(2, 7)},
    "pre": inline(),
    "em": inline(),
    "strong": inline(),
    "code": inline(),
    "span": inline(**optional(class_=ANY)),
    "a": inline(href=r"https://\S+"),
    "br": element(),
    "hr": element(),
    "img": element(src=r"\S+", alt=ANY),
    "ul": element("(li )*", **optional(class_=ANY)),
    "ol": element("(li )*"),
    "li": flow(),
    "blockquote": element(f"({BLOCK} )*"),
    "table": element("(thead )?(tbody )+"),
    "thead": element("(tr )+"),
    "tbody": element("(tr )+"),
    "tr": element("((th|td) )*"),
    "th": flow(),
    "td": flow(),
}
HTML = frozenset(
    [
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "em",
        "strong",
        "code",
        "span",
        "a",
        "br",
        "hr",
        "img",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
NAMESPACES = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
# Elements whose content is wrapped in 3.0, and what is only there in some versions.
WRAPPED = frozenset({"modalFeedback", "rubricBlock", "feedbackBlock"})
NOT_IN = {
    "2.1": {"contentBody", "externalScored", "use"},
    "2.2": {"contentBody", "use"},
    "3.0": set(),
}


def kebab(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f"-{match[1].lower()}", name)


def problems_of_item(content: bytes, version: str) -> list[str]:
    """Return what the schema of a version would say against an item."""
    root = etree.fromstring(content)
    names = {f"qti-{kebab(n)}" if n not in HTML else n: n for n in GRAMMAR}
    if version != "3.0":
        names = {n: n for n in GRAMMAR}
    found = [problem for e in root.iter() for problem in _problems(e, names, version)]
    return found + _problems_of_references(root)


def _problems(e: etree._Element, names: dict[str, str], version: str) -> Iterator[str]:
    qualified = etree.QName(e)
    if qualified.namespace != NAMESPACES[version] or qualified.localname not in names:
        yield f"{e.tag} is no element of {version}"
        return
    name = names[qualified.localname]
    rule = GRAMMAR[name]
    if version == "3.0" and name in WRAPPED:
        rule = Element("contentBody ", text=False, attributes=rule.attributes)
    inside = "".join(f"{names.get(etree.QName(c).localname, '?')} " for c in e)
    if not re.fullmatch(rule.content, inside):
        yield f"<{name}> must not hold: {inside}"
    words = (e.text or "") + "".join(c.tail or "" for c in e)
    if words.strip() and not rule.text:
        yield f"<{name}> must not hold words: {words!r}"
    if name in NOT_IN[version]:
        yield f"<{name}> is not in {version}"
    yield from _problems_of_attributes(e, name, rule, version)


def _problems_of_attributes(
    e: etree._Element, name: str, rule: Element, version: str
) -> Iterator[str]:
    patterns, needed = {}, set()
    for key, pattern in rule.attributes:
        plain = key.rstrip("?").rstrip("_")
        if plain in NOT_IN[version]:
            continue
        written = kebab(plain) if version == "3.0" and plain != "schemaLocation" else plain
        patterns[written] = pattern
        if not key.endswith("?"):
            needed.add(written)
    said = {etree.QName(key).localname: str(value) for key, value in e.attrib.items()}
    for key, value in said.items():
        if key not in patterns:
            yield f"<{name}> has no attribute {key} in {version}"
        elif not re.fullmatch(patterns[key], value):
            yield f"<{name} {key}> must not be {value!r}"
    for key in needed - said.keys():
        yield f"<{name}> needs {key}"


def _problems_of_references(root: etree._Element) -> list[str]:
    """Return which identifiers are there twice, and which are named but not there."""

    def all_of(attribute: str, *names: str) -> list[str]:
        return [
            str(value)
            for e in root.iter()
            if camel(etree.QName(e).localname) in names and (value := e.get(attribute))
        ]

    def camel(name: str) -> str:
        return re.sub(r"-([a-z])", lambda match: match[1].upper(), name.removeprefix("qti-"))

    declared = all_of("identifier", "responseDeclaration", "outcomeDeclaration")
    choices = all_of("identifier", "simpleChoice", "simpleAssociableChoice", "inlineChoice")
    found = [
        f"{name} is there twice"
        for name in {*declared, *choices}
        if [*declared, *choices].count(name) > 1
    ]
    asked = [
        *all_of("identifier", "variable", "correct", "mapResponse", "setOutcomeValue"),
        *(str(v) for e in root.iter() for k, v in e.attrib.items() if _binds(str(k))),
    ]
    found += [f"{name} is not declared" for name in asked if name not in declared]
    for response in root.iter():
        if camel(etree.QName(response).localname) != "responseDeclaration":
            continue
        kind = response.get("baseType") or response.get("base-type")
        if kind not in {"identifier", "directedPair"}:
            continue
        values = [
            *(e.text or "" for e in response.iter() if camel(etree.QName(e).localname) == "value"),
            *(
                str(v)
                for e in response.iter()
                for k, v in e.attrib.items()
                if k in {"mapKey", "map-key"}
            ),
        ]
        found += [f"{n} is no choice" for v in values for n in v.split() if n not in choices]
    return found


def _binds(attribute: str) -> bool:
    return attribute in {
        "responseIdentifier",
        "response-identifier",
        "outcomeIdentifier",
        "outcome-identifier",
    }


def problems_of_package(content: bytes, version: str) -> list[str]:
    """Return what is wrong with a package: its items, its manifest, and what they name."""
    files = read_package(content)
    manifest = etree.fromstring(files["imsmanifest.xml"])
    space = f"{{{etree.QName(manifest).namespace}}}"
    found = []
    if [e.tag for e in manifest] != [
        f"{space}{n}" for n in ("metadata", "organizations", "resources")
    ]:
        found.append("the manifest's parts are in disorder")
    resources = list(manifest[2])
    names = [str(r.get("identifier")) for r in resources]
    if len(set(names)) < len(names) or not all(re.fullmatch(NCNAME, name) for name in names):
        found.append(f"resources are not named well: {names}")
    listed = {"imsmanifest.xml"}
    for resource in resources:
        parts = [etree.QName(e).localname for e in resource]
        if not re.fullmatch(r"(metadata )?(file )+", "".join(f"{part} " for part in parts)):
            found.append(f"a resource holds {parts}")
        href = unquote(str(resource.get("href")))
        listed |= {unquote(str(e.get("href"))) for e in resource.iter(f"{space}file")}
        if href not in files:
            found.append(f"{href} is not in the package")
            continue
        found += [f"{href}: {problem}" for problem in problems_of_item(files[href], version)]
        for image in etree.fromstring(files[href]).iter("{*}img"):
            place = posixpath.join(posixpath.dirname(href), unquote(str(image.get("src"))))
            if posixpath.normpath(place) not in files:
                found.append(f"{href} shows {image.get('src')}, which is not there")
    if listed != set(files):
        found.append(f"listed and there are not the same: {listed ^ set(files)}")
    return found

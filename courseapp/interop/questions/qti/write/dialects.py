"""What differs between the versions of QTI that are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names and addresses of one version."""

    # Elements are named qti-simple-choice, not simpleChoice.
    kebab: bool
    namespace: str
    schema: str
    template: str
    # Feedback and rubrics hold their content in an element of its own.
    content_bodies: bool
    # An outcome can say that a person gives it.
    external_scores: bool
    package_namespace: str
    package_schema: str
    package_name: str
    package_version: str
    item_type: str


QTI_21: Final = Dialect(
    kebab=False,
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p1.xsd",
    template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}",
    content_bodies=False,
    external_scores=False,
    package_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    package_name="QTIv2.1 Package",
    package_version="1.0.0",
    item_type="imsqti_item_xmlv2p1",
)

QTI_22: Final = Dialect(
    kebab=False,
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p2",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/{}",
    content_bodies=False,
    external_scores=True,
    package_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
    package_name="QTIv2.2 Package",
    package_version="1.0.0",
    item_type="imsqti_item_xmlv2p2",
)

QTI_30: Final = Dialect(
    kebab=True,
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
    content_bodies=True,
    external_scores=True,
    package_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    package_name="QTI Package",
    package_version="3.0.0",
    item_type="imsqti_item_xmlv3p0",
)

"""Mail through any SMTP server: Prefect itself brings blocks for chat services and for Sendgrid only."""

from __future__ import annotations

from prefect.blocks.notifications import AppriseNotificationBlock
from pydantic import Field, SecretStr


class Mail(AppriseNotificationBlock):
    """Mail through an SMTP server, sent by the Prefect server."""

    _block_type_name = "Cakupan Mail"
    _block_type_slug = "cakupan-mail"

    url: SecretStr = Field(
        default=...,
        title="Mail address",
        description="mailtos://user:password@host:587?from=sender@host&to=reader@host (Apprise)",
    )

"""The field of a form that takes a document."""

import wtforms
from flask import current_app
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import validators

from idp.web.files import PHONE_PICTURE


class UploadField(FileField):
    """A document. Its size is looked at here; what it is, by whoever opens it: a name is only a claim."""

    # What the browser offers to choose. HEIC is not among them, so that an iPhone hands in a JPEG in its place.
    accepted = (".pdf", ".jpg", ".jpeg", ".jpe", ".jfif", ".png")

    @property
    def max_megabytes(self) -> int:
        """The installation's limit."""
        limit: int = current_app.config["SETTINGS"].upload_limit
        return max(1, limit // (1024 * 1024))

    @property
    def limits(self) -> str:
        """What may be chosen, for the hint."""
        return str(_("PDF, JPEG หรือ PNG ไม่เกิน %(limit)s เมกะไบต์", limit=self.max_megabytes))

    @property
    def wrong_kind(self) -> str:
        """What to say about a file of another kind."""
        return str(_("ใช้ไฟล์ชนิดนี้ไม่ได้ โปรดเลือกไฟล์ PDF, JPEG หรือ PNG"))

    @property
    def phone_picture(self) -> str:
        """What to say about a picture that only telephones and the web open."""
        return str(_(PHONE_PICTURE))

    @property
    def too_large(self) -> str:
        """What to say about a file over the limit."""
        return str(_("ไฟล์ใหญ่เกินไป โปรดเลือกไฟล์ที่ไม่เกิน %(limit)s เมกะไบต์", limit=self.max_megabytes))

    def pre_validate(self, form: wtforms.Form) -> None:
        if not self.data or isinstance(self.data, str):
            return
        size = self.data.stream.seek(0, 2)
        self.data.stream.seek(0)
        if size > self.max_megabytes * 1024 * 1024:
            raise validators.StopValidation(self.too_large)

"""What forms and the vault of documents say about a file in the same words."""

from thai_web.refusal import N_

PHONE_PICTURE = N_(
    "ภาพนี้เป็นแบบ HEIC, AVIF หรือ WebP ซึ่งระบบเปิดไม่ได้ โปรดตั้งกล้องของโทรศัพท์เป็น “เข้ากันได้มากที่สุด” แล้วถ่ายใหม่ "
    "หรือบันทึกภาพเป็น JPEG หรือส่งภาพหน้าจอแทน"
)

"""What the button of a mail's link says."""

from thai_web.refusal import N_

OTHERWISE = N_("เปิดหน้านี้")
BUTTONS = {
    "registration/mail/draft_ends": N_("ทำคำขอต่อ"),
    "registration/mail/receipt": N_("ดูสถานะคำขอ"),
    "registration/mail/correction_waits": N_("แก้ไขคำขอ"),
    "registration/mail/lapsed": N_("ลงทะเบียนใหม่"),
    "approval/mail/arrived": N_("เปิดรายการคำขอ"),
    "approval/mail/waiting": N_("เปิดรายการคำขอ"),
    "approval/mail/holidays": N_("เพิ่มวันหยุด"),
    "approval/mail/returned": N_("แก้ไขคำขอ"),
    "approval/mail/approved": N_("ตั้งชื่อผู้ใช้และรหัสผ่าน"),
    "approval/mail/approved_thaid": N_("ไปหน้าเข้าสู่ระบบ"),
    "approval/mail/granted": N_("ไปหน้าเข้าสู่ระบบ"),
    "approval/mail/reopened": N_("ดูสถานะคำขอ"),
    "appointments/mail/asked": N_("ตรวจหนังสือ"),
    "appointments/mail/approved": N_("ดูการมอบหมาย"),
    "appointments/mail/returned": N_("แก้ไขคำขอ"),
    "appointments/mail/refused": N_("ดูรายละเอียด"),
    "appointments/mail/ended": N_("ดูรายละเอียด"),
    "recovery/mail/link": N_("ตั้งรหัสผ่านใหม่"),
    "signin/mail/claim": N_("รับบัญชี"),
    "signin/mail/new_browser": N_("ดูเครื่องที่เข้าสู่ระบบ"),
    "staff/mail/acted": N_("ดูทุกรายการ"),
    "staff/mail/corrected": N_("ดูทุกรายการ"),
    "staff/mail/mailbox_announced": N_("ตรวจสอบและยกเลิก"),
    "recovery/mail/thaid": N_("ไปหน้าเข้าสู่ระบบ"),
    "recovery/mail/activation": N_("ตั้งชื่อผู้ใช้และรหัสผ่าน"),
    "staff/mail/invitation": N_("เริ่มลงทะเบียน"),
    "staff/mail/never_worked": N_("เปิดดูบุคลากร"),
}

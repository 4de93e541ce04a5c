/** General purpose bits of a header (APPNOTE 4.4.4). */
export const FLAG_ENCRYPTED = 0x0001;
/** Sizes and CRC-32 follow the data. */
export const FLAG_DESCRIPTOR = 0x0008;
export const FLAG_PATCH = 0x0020;
export const FLAG_STRONG_ENCRYPTION = 0x0040;
/** The name is UTF-8. */
export const FLAG_UTF8 = 0x0800;
export const FLAG_MASKED = 0x2000;

/** The `grant_type` of a device at `/token`. Source: RFC 8628, section 3.4. */
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

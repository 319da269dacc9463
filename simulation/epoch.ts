/** When every world begins. */
export const EPOCH_MS = Date.parse("2026-12-01T12:00:00Z");

// What lazyProvider.cjs opens in a checkout, in the process of the dynamic provider: plain Node, which tsx teaches
// TypeScript. Nothing is built, so nothing can be stale. Each is loaded when it is first opened. Stored states name this
// path: it stays where it is for ever.
Error.prepareStackTrace = undefined;
process.setSourceMapsEnabled(true);
require("../../tsx.cjs");
const opened = {};
for (const what of ["membership", "zoneSettings", "shards", "deletionGuard", "systemZone", "existing"]) {
    Object.defineProperty(module.exports, what, { get: () => (opened[what] ??= require(`./${what}.ts`).provider) });
}

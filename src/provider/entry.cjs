// What the door opens onto, in the process of the dynamic provider: plain Node, which tsx teaches TypeScript. Nothing
// is built, so nothing can be stale. Stored states name this path: it stays where it is for ever.
Error.prepareStackTrace = undefined;
process.setSourceMapsEnabled(true);
module.exports = require("tsx/cjs/api").require("./membership.ts", __filename).provider;

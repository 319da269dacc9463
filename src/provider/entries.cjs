// What the doors of doorTo.ts open onto, each loaded when it is first opened. As with entry.cjs, nothing is built, and
// stored states name this path: it stays where it is for ever.
Error.prepareStackTrace = undefined;
process.setSourceMapsEnabled(true);
const load = (path) => require("tsx/cjs/api").require(path, __filename).provider;
const opened = {};
for (const what of ["zoneSettings", "shards", "farewell", "systemZone", "existing"]) {
    Object.defineProperty(module.exports, what, { get: () => (opened[what] ??= load(`./${what}.ts`)) });
}

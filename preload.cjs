// Loaded before the program: see runtime.options.nodeargs in Pulumi.yaml.
require("./lazyModules.cjs");
require("./tsx.cjs"); // our TypeScript runs as it is

// A rejected resource is printed with its stack. Pulumi's own source maps give frames on which Node's coloured
// printing loops until memory ends (nodejs/node#64011): Node's maps and plain text take a tenth of a second.
require("source-map-support").install = () => {};
const util = require("node:util");
const { inspect } = util;
util.inspect = Object.assign(
    (value, options) => inspect(value, options?.colors ? { ...options, colors: false } : options),
    inspect,
);

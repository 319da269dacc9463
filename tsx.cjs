// Teaches Node our TypeScript, by tsx. JavaScript is left to Node: tsx would look through every file of every package,
// which takes as long again as loading them.
const javaScript = require.extensions[".js"];
require("tsx/cjs");
require.extensions[".js"] = javaScript;

// What V8 compiled is kept in the folder for temporary files, so that the next process need not compile it.
require("node:module").enableCompileCache?.();

// The source maps of packages are of no use to us, and take time to read.
require("node:module").setSourceMapsSupport?.(true, { nodeModules: false, generatedCode: false });

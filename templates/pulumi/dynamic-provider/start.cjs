// Starts Pulumi's process for dynamic resources as Pulumi does, in the folder of the program, but quicker: Pulumi's SDK loads a
// compiler and a package manager that this process never uses. Pulumi.yaml names this folder under `plugins`.
const { createRequire, flushCompileCache } = require("node:module");
const { join } = require("node:path");

const inProject = createRequire(join(process.cwd(), "package.json"));
try {
    inProject("zonekeeper/preload");
} catch (error) {
    // Without it the process only starts slower.
    if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
}
inProject("@pulumi/pulumi/cmd/dynamic-provider");
// Pulumi ends this process by a signal, so Node would not save what V8 compiled.
setTimeout(() => flushCompileCache?.(), 1000).unref();

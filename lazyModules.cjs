// Preloaded by processes of Pulumi, to start quicker: `zonekeeper/preload` in the package.
//
// Parts of Pulumi's SDK that most processes never use, and that take three quarters of the time in which it is loaded:
// they are loaded when something of them is first used.
const { existsSync } = require("node:fs");
const Module = require("node:module");
const { resolve } = require("node:path");

// What V8 compiled is kept beside the packages. Node's default, a folder for temporary files, may belong to another user of
// the machine, and what is in it is run.
const packages = resolve("node_modules");
if (existsSync(packages)) Module.enableCompileCache?.(resolve(packages, ".cache/zonekeeper"));

const SDK = /[\\/]@pulumi[\\/]pulumi[\\/]/;

/**
 *   typescript-shim          to write a function out as text, which a dynamic provider's own process never does
 *   @npmcli/arborist         to find the files of packages that a function needs, which ours never do
 *   normalize-package-data   the same
 *   ./automation             to run the CLI from a program
 */
const LAZY = /^(.*\/typescript-shim|@npmcli\/arborist|normalize-package-data|\.\/automation)$/;

const load = Module._load;
Module._load = function (request, parent, isMain) {
    if (!LAZY.test(request) || !SDK.test(parent?.filename ?? "")) return load.call(this, request, parent, isMain);
    return lazy(() => load.call(this, request, parent, isMain));
};

/**
 * Stands in for a module, and loads it when something of it is used. TypeScript's helpers for imports take it for an ES module,
 * and copy nothing of it. Code of another version of the SDK may call it, construct it or list what it has.
 */
function lazy(loadModule) {
    let loaded;
    const open = () => {
        loaded ??= loadModule();
        return loaded;
    };
    // A bound function can be constructed, and has no property that the handlers would have to list.
    return new Proxy(Object.bind(undefined), {
        get(_, key) {
            if (key === "__esModule") return true;
            return key === "default" && !("default" in open()) ? open() : open()[key];
        },
        set: (_, key, value) => Reflect.set(open(), key, value),
        has: (_, key) => key in open(),
        apply: (_, self, args) => Reflect.apply(open(), self, args),
        construct: (_, args) => Reflect.construct(open(), args),
        ownKeys: () => Reflect.ownKeys(open()),
        getOwnPropertyDescriptor(_, key) {
            const found = Reflect.getOwnPropertyDescriptor(open(), key);
            return found && { ...found, configurable: true };
        },
    });
}

// Preloaded by processes of Pulumi, to start quicker: `zonekeeper/preload` in the package.
//
// Parts of Pulumi's SDK that most processes never use, and that take three quarters of the time in which it is loaded:
// they are loaded when something of them is first used.
const { existsSync } = require("node:fs");
const Module = require("node:module");
const { resolve } = require("node:path");

const { spared } = require("./sparedStacks.cjs");

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

/** The libraries of OpenTelemetry, which `--tracing` and the tracing of the CLI use. */
const isTraced = process.env.TRACEPARENT !== undefined || process.argv.some((word) => word.startsWith("--tracing"));
const TRACING = /[\\/]cmd[\\/]run[\\/]run\.js$/;

/** A span of a run that nobody traces: each of its methods does nothing, and gives the span. */
const span = new Proxy({}, { get: (_, key) => (key === "then" ? undefined : () => span) });

const TS_NODE = /^(ts-node|.*[\\/]vendor[\\/]ts-node@[^\\/]+)$/;

const load = Module._load;
Module._load = function (request, parent, isMain) {
    const from = parent?.filename ?? "";
    const loadModule = () => load.call(this, request, parent, isMain);
    if (!SDK.test(from)) return loadModule();
    if (LAZY.test(request)) return lazy(loadModule);
    if (!isTraced && request === "./tracing" && TRACING.test(from)) return lazy(loadModule, { newSpan: () => span });
    return TS_NODE.test(request) ? spared(loadModule()) : loadModule();
};

/**
 * Stands in for a module, and loads it when something of it is used. TypeScript's helpers for imports take it for an ES module,
 * and copy nothing of it. Code of another version of the SDK may call it, construct it or list what it has.
 *
 * @param early what can be used before it is loaded, and then does not load it
 */
function lazy(loadModule, early = {}) {
    let loaded;
    const open = () => {
        loaded ??= loadModule();
        return loaded;
    };
    // A bound function can be constructed, and has no property that the handlers would have to list.
    return new Proxy(Object.bind(undefined), {
        get(_, key) {
            if (key === "__esModule") return true;
            if (loaded === undefined && key in early) return early[key];
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

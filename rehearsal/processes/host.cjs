// A process that runs one script after the other as if each had a process of its own, so that Node and the packages are
// loaded once. See reusedProcesses.ts. What has state is loaded anew each time: our program, and Pulumi's SDK.
const Module = require("node:module");
const { readFileSync } = require("node:fs");
const { dirname, sep } = require("node:path");
const { compileFunction, constants } = require("node:vm");

/** Files that are loaded anew: all of ours but the pure core, and Pulumi's packages but for what has no state. */
const isFresh = (path) =>
    path.includes(`${sep}node_modules${sep}`)
        ? path.includes(`${sep}@pulumi${sep}`) && !/[\\/](proto[\\/]|v8Hooks\.js$)/.test(path)
        : !path.includes(`${sep}src${sep}core${sep}`);

/**
 * What files that are loaded anew were compiled to. A file that is the same as before only runs again: to read it through
 * tsx and to compile it takes longer than all else that a short program does.
 */
const compiled = new Map();

const WRAPPED = ["exports", "require", "module", "__filename", "__dirname"];

for (const extension of [".js", ".ts"]) {
    const load = Module._extensions[extension];
    Module._extensions[extension] = (module, path) => {
        if (!isFresh(path)) return load(module, path);
        const source = readFileSync(path, "utf8");
        const known = compiled.get(path);
        if (known?.source === source && known.code !== undefined) return runAgain(known, module, path);
        compiled.set(path, { source });
        load(module, path);
    };
}

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, path, format) {
    const known = compiled.get(path);
    if (known !== undefined && format !== "module") known.code = code;
    return compile.call(this, code, path, format);
};

function runAgain(known, module, path) {
    known.run ??= compileFunction(known.code, WRAPPED, {
        filename: path,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const require = Object.assign((id) => module.require(id), {
        resolve: (id, options) => Module._resolveFilename(id, module, false, options),
        main: process.mainModule,
        extensions: Module._extensions,
        cache: Module._cache,
    });
    known.run.call(module.exports, module.exports, require, module, path, dirname(path));
}

/** Loaded before any script, with the hooks that they have put into Node. */
const own = new Set(Object.keys(require.cache));

/** Where Pulumi's SDK keeps the state of a run; its protocol's types are in others. */
const STATE = ["stackResource", "asyncLocalStorage", "globalStore"];

const EVENTS = ["exit", "beforeExit", "uncaughtException", "unhandledRejection"];

/** Of the script that runs; a dynamic provider's process never ends by itself. */
const servers = new Set();

/** As often as that the script finds its event loop empty, before it counts as ended: Pulumi waits for the second time. */
const ROUNDS = 4;

process.on("message", (message) => (message === "stop" ? stop() : run(message)));
process.on("disconnect", () => process.exit());

let listeners = new Map();
let rounds;
let endLine;
let isStopped = false;

function run({ script, args, directory, env, end: line }) {
    endLine = line;
    for (const path of Object.keys(require.cache)) if (!own.has(path) && isFresh(path)) delete require.cache[path];
    for (const name of STATE) delete globalThis[name];
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.chdir(directory);
    process.argv = [process.argv[0], script, ...args];
    process.exitCode = undefined;
    listeners = new Map(EVENTS.map((event) => [event, process.rawListeners(event)]));
    rounds = 0;
    isStopped = false;
    watchServers();
    process.channel.unref();
    Module._load(script, null, true);
}

/** The event loop is empty, where a process of the script's own would end. */
process.on("beforeExit", () => {
    if (rounds === undefined) return;
    rounds += 1;
    if (rounds < ROUNDS && !isStopped) return void setImmediate(() => {});
    end();
});

/** Ends the script as the end of its process would. */
function end() {
    rounds = undefined;
    process.channel.ref();
    const added = (event) => process.rawListeners(event).filter((each) => !listeners.get(event).includes(each));
    for (const listener of added("exit")) listener.call(process, process.exitCode ?? 0);
    for (const event of EVENTS) for (const listener of added(event)) process.removeListener(event, listener);
    const status = process.exitCode ?? 0;
    process.exitCode = undefined;
    // What it printed has to be read before it counts as ended: each stream says where that was.
    let left = 2;
    const said = () => {
        left -= 1;
        if (left === 0) process.send({ status });
    };
    process.stdout.write(`${endLine}\n`, said);
    process.stderr.write(`${endLine}\n`, said);
}

function stop() {
    if (rounds === undefined) return;
    isStopped = true;
    for (const server of servers) server.forceShutdown();
    servers.clear();
    end();
}

let isWatching = false;

function watchServers() {
    if (isWatching) return;
    isWatching = true;
    const load = Module._load;
    Module._load = function (request, ...rest) {
        const loaded = load.call(this, request, ...rest);
        if (request === "@grpc/grpc-js" && !loaded.Server.prototype.isWatched) {
            const { bindAsync } = loaded.Server.prototype;
            loaded.Server.prototype.isWatched = true;
            loaded.Server.prototype.bindAsync = function (...args) {
                servers.add(this);
                return bindAsync.apply(this, args);
            };
        }
        return loaded;
    };
}

// Makes the stack traces of a TypeScript program cheap: part of `zonekeeper/preload`.
//
// Pulumi's SDK takes the stack of every resource and of many promises, and ts-node looks up each frame of each of them in the
// source map of its file, of the SDK and of all packages. Here only the program's own frames are looked up.

const PACKAGES = /[\\/]node_modules[\\/]|^node:/;

/** ts-node, of which `register` leaves the frames of packages as they are. */
exports.spared = (tsNode) =>
    Object.create(tsNode, {
        register: {
            value(...args) {
                const before = Error.prepareStackTrace;
                const service = tsNode.register(...args);
                const prepare = Error.prepareStackTrace;
                if (typeof prepare === "function" && prepare !== before) {
                    Error.prepareStackTrace = (error, frames) => prepare(error, frames.map(asItIs));
                }
                return service;
            },
        },
    });

/** A frame that ts-node prints as it is, if it is one of a package: so it does those of native code. */
function asItIs(frame) {
    if (!PACKAGES.test(frame.getFileName() ?? "")) return frame;
    return { isNative: () => true, toString: () => String(frame) };
}

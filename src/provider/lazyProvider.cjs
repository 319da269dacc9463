// What Pulumi stores of our dynamic providers. Plain JavaScript that no compiler touches, so that the stored text is the
// same from a checkout, from CommonJS and from ESM: with another text, every resource would be updated.

/**
 * A provider that Pulumi writes out as text, stores in the state of each resource and runs in another process. It captures
 * its name and nothing else: every method loads the provider at the moment it is called, so an upgrade reaches resources
 * that are already deployed.
 */
exports.lazyProvider = (what) => ({
    configure: (request) => open(what).configure(request),
    check: (olds, news) => open(what).check(olds, news),
    diff: (id, olds, news) => open(what).diff(id, olds, news),
    create: (inputs) => open(what).create(inputs),
    read: (id, props) => open(what).read(id, props),
    update: (id, olds, news) => open(what).update(id, olds, news),
    delete: (id, props) => open(what).delete(id, props),
});

/** In a checkout the provider is in the folder with Pulumi.yaml, where the process starts; else in the package that the program lists. */
function open(what) {
    const inCheckout = "./src/provider/entries.cjs";
    if (require("node:fs").existsSync(inCheckout)) return require(inCheckout)[what];
    try {
        return require("zonekeeper/provider")[what];
    } catch (error) {
        if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes("'zonekeeper/provider'")) throw error;
        const where = `the package zonekeeper is not in the node_modules of ${process.cwd()}`;
        const sentence = `${where}: list it in the package.json there, as npm install zonekeeper does [ZK002]`;
        throw Object.assign(new Error(sentence), { stack: "" });
    }
}

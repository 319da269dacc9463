import type { dynamic } from "@pulumi/pulumi";

/**
 * The object that Pulumi writes out as text, stores in the state of each
 * membership and runs in another process. It captures nothing: every method
 * loads the provider at the moment it is called, so an upgrade reaches
 * resources that are already deployed.
 */
export const door: dynamic.ResourceProvider = {
    configure: (request) => open().configure(request),
    check: (olds, news) => open().check(olds, news),
    diff: (id, olds, news) => open().diff(id, olds, news),
    create: (inputs) => open().create(inputs),
    read: (id, props) => open().read(id, props),
    update: (id, olds, news) => open().update(id, olds, news),
    delete: (id, props) => open().delete(id, props),
};

/** In a checkout the provider is in the folder with Pulumi.yaml, where the process starts; else in the installed package. */
function open() {
    const entry = "src/provider/entry.cjs";
    return require(require("node:fs").existsSync(entry) ? `./${entry}` : `zonekeeper/${entry}`);
}

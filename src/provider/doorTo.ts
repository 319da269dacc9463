import type { dynamic } from "@pulumi/pulumi";

/** What `./entries.cjs` can open: the files beside it. */
export type Entry = "zoneSettings" | "shards" | "farewell" | "systemZone" | "existing";

/**
 * What Pulumi stores of a provider that is called `what`: like `./door.ts`, text
 * that loads the provider at the moment it is called. It captures its name and nothing else.
 */
export function doorTo(what: Entry): dynamic.ResourceProvider {
    return {
        configure: (request) => open(what).configure(request),
        check: (olds, news) => open(what).check(olds, news),
        diff: (id, olds, news) => open(what).diff(id, olds, news),
        create: (inputs) => open(what).create(inputs),
        read: (id, props) => open(what).read(id, props),
        update: (id, olds, news) => open(what).update(id, olds, news),
        delete: (id, props) => open(what).delete(id, props),
    };
}

/** As in `./door.ts`: in a checkout from the folder with Pulumi.yaml, else from the installed package. */
function open(what: Entry) {
    const entries = "src/provider/entries.cjs";
    return require(require("node:fs").existsSync(entries) ? `./${entries}` : `zonekeeper/${entries}`)[what];
}

import type { dynamic } from "@pulumi/pulumi";

import { fail } from "../core/errors/errors";

/** Connections that are opened when they are first needed, with the latest configuration from Pulumi. */
export function openOnce<World>(open: (config: dynamic.Config) => World) {
    let world: () => World = () => fail("bad-input", "the provider was not configured");
    return {
        world: () => world(),
        async configure({ config }: dynamic.ConfigureRequest) {
            let opened: World | undefined;
            world = () => {
                opened ??= open(config);
                return opened;
            };
        },
    };
}

import type { dynamic } from "@pulumi/pulumi";

import { fail } from "../core/errors/errors";

/** A world that is opened when it is first needed, with the configuration that Pulumi has given until then. */
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

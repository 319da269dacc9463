import { join } from "node:path";

import { destroy, preview, refresh, up } from "../../rehearsal/engine";
import { type Deployer, type DeployerOptions, PASSPHRASE } from "./deployer";

const OPERATIONS = { preview, up, refresh, destroy };

/** Deploys with the rehearsal engine, straight from the checkout. */
export function rehearsed({ directory, scratch, env }: DeployerOptions): Deployer {
    return {
        kind: "rehearsal",
        async deploy(operation, config) {
            const { problems, steps, outputs } = await OPERATIONS[operation]({
                directory,
                stack: "dev",
                config,
                env,
                statePath: join(scratch, "state.json"),
                passphrase: PASSPHRASE,
            });
            return { problems, steps: steps.filter(({ op }) => op !== "refresh"), outputs };
        },
    };
}

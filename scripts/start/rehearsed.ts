import { join } from "node:path";

import { up } from "../../rehearsal/engine";
import type { Deployer, DeployOptions } from "./deployer";

/** Deploys with the rehearsal engine. @param why What speaks against the Pulumi CLI. */
export function rehearsed({ directory, scratch, config, env }: DeployOptions, why: string): Deployer {
    return {
        about: `the rehearsal engine, since ${why}. It runs the real program and the real provider process, and keeps no Pulumi state.`,
        async up() {
            const { ok, steps, problems, outputs } = await up({
                directory,
                stack: "dev",
                config,
                env,
                statePath: join(scratch, "state.json"),
                passphrase: "the secrets of a walk-through",
            });
            if (!ok) throw new Error(problems.join("\n"));
            return { steps: steps.filter(({ op }) => op !== "refresh"), outputs };
        },
    };
}

import type { Command } from "commander";

import type { GrantFlags, PortalFlag } from "../access";
import type { Run } from "../run";

/** Commands for people and jobs who use a portal. */
export function accessCommands(program: Command, run: Run): void {
    const portal = [
        "--portal <url>",
        "the portal's address (default ZONEKEEPER_PORTAL, or that of zonekeeper login)",
    ] as const;
    const json = ["--json", "print one JSON document"] as const;
    program
        .command("login")
        .description("Sign this machine in at a portal: a person confirms a code in a browser.")
        .requiredOption("--portal <url>", "the portal's address")
        .action(run<PortalFlag>((...rest) => load().login(...rest)));
    program
        .command("grant")
        .description("Grant yourself access by a portal; with a command, for as long as it runs.")
        .argument("<access>", "the name of the access")
        .argument("[command...]", "after --: what to run while the grant lasts")
        .option("--duration <time>", "such as 30m or 1h30m")
        .option("--reason <text>", "why")
        .option("--ticket <id>", "the ticket, where the access wants one")
        .option("--break-glass", "without approval, in an emergency")
        .option("--follow", "say how the state changes until the grant has ended")
        .option(...portal)
        .option(...json)
        .action((access: string, command: string[], flags: Omit<GrantFlags, "access" | "command">) =>
            run<GrantFlags>((...rest) => load().grant(...rest))({ ...flags, access, command }),
        );
    program
        .command("grants")
        .description("List your grants of a portal.")
        .option(...portal)
        .option(...json)
        .action(run<PortalFlag>((...rest) => load().grants(...rest)));
    program
        .command("extend")
        .description("Set the duration of a grant, counted from its start.")
        .argument("<id>", "the grant")
        .option("--duration <time>", "such as 4h (default the usual duration from now on, as far as the access allows)")
        .option(...portal)
        .option(...json)
        .action((id: string, flags: PortalFlag & { readonly duration?: string }) =>
            run<typeof flags & { readonly id: string }>((...rest) => load().extend(...rest))({ ...flags, id }),
        );
    program
        .command("revoke")
        .description("End a grant of yours, or all of them.")
        .argument("[id]", "the grant (default all)")
        .option(...portal)
        .option(...json)
        .action((id: string | undefined, flags: PortalFlag) =>
            run<PortalFlag & { readonly id?: string }>((...rest) => load().revoke(...rest))({
                ...flags,
                ...(id !== undefined && { id }),
            }),
        );
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../access") {
    return require("../access");
}

import { join } from "node:path";

import { DEFAULT } from "../../core/settings/agentSettings";

/** The folder of a membership in the state folder: that itself for the one whose settings stand at the top. */
export function folderOf(state: string, name: string): string {
    return name === DEFAULT ? state : join(state, "memberships", name);
}

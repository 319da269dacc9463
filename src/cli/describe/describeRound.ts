import { codeNamed } from "../../core/errors/codes";
import { oneLine } from "../../core/errors/quote";
import type { Unusable } from "../../core/grants/grantsDocument";
import { type Refusal, unreadable } from "../../core/membership/plan";
import { nameOfRefusal } from "../../core/membership/refusalCode";
import { SENTINEL } from "../../core/zones/zone";
import type { Round, ZoneRound } from "../../reconcile";

/** What a round did, or with `plan` would do, for people. */
export function describeRound(round: Round, mode: "write" | "plan"): string {
    const { zones, active, refused, unusable } = round;
    const lines = zones.flatMap((zone) => describeZone(zone, mode));
    lines.push(`${active === 1 ? "1 grant is" : `${active} grants are`} active.`);
    if (refused.length > 0) lines.push("Refused:", ...refused.map((each) => `  ${describeRefusal(each)}`));
    if (unusable.length > 0) {
        lines.push("Left out of the document:", ...unusable.map((each) => `  ${describeUnusable(each)}`));
    }
    if (zones.some(({ written }) => written)) {
        lines.push("Okta needs about a minute to spread a change to all its servers.");
        const isSomebodyOut = zones.some(({ remove }) => remove.some((range) => range !== SENTINEL));
        if (isSomebodyOut) lines.push("Sessions that are already open go on.");
    }
    return lines.join("\n");
}

/** With its stable code: `g-17: no room: … [ZK502]`. */
export function describeRefusal(refusal: Refusal): string {
    return `${oneLine(`${refusal.id}: ${refusal.reason}`)} [${codeNamed(nameOfRefusal(refusal)).code}]`;
}

export function describeUnusable({ id, field, reason }: Unusable): string {
    return `${oneLine(`${id}: ${field} ${reason}`)} [${codeNamed("grants-unusable").code}]`;
}

function describeZone({ id, name, status, usage, add, remove, gateways }: ZoneRound, mode: "write" | "plan"): string[] {
    const isSame = add.length + remove.length === 0;
    const outcome = isSame ? "nothing to change" : mode === "plan" ? "would change" : "changed";
    const count = gateways.length === 1 ? "1 gateway" : `${gateways.length} gateways`;
    return [
        `Zone "${oneLine(name)}" (${id}): ${outcome}, ${count}`,
        ...add.map((range) => `  + ${range}`),
        ...remove.map((range) => `  - ${range}`),
        ...unreadable(gateways).map((entry) => `  = ${entry}: it is not IPv4, and is kept as Okta has it`),
        ...(status === "INACTIVE" ? ["  This zone is INACTIVE: nobody is inside it until it is activated."] : []),
        ...(usage === "BLOCKLIST" ? ["  This zone is a BLOCKLIST: Okta refuses requests from inside it."] : []),
    ];
}

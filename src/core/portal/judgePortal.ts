import { formatDuration } from "./duration";
import { type AccessSettings, lacksOffline, type PortalSettings } from "./settings/portalSettings";

/** What a rule has to say of a portal's configuration. */
export interface PortalFinding {
    /** `refuse`: it may not be used so; `warn`: a person should look at it. */
    readonly level: "refuse" | "warn";
    /** The rule. */
    readonly policy: string;
    /** The setting: `accesses.payroll`. */
    readonly where: string;
    /** The end of a sentence that begins with the setting. */
    readonly sentence: string;
}

const HOUR = 3_600_000;

type AccessRule = (access: AccessSettings) => readonly [PortalFinding["level"], string] | undefined;

const ACCESS_RULES: Readonly<Record<string, AccessRule>> = {
    "portal-duration-capped": ({ duration: { maxMs } }) =>
        maxMs > 24 * HOUR ? ["refuse", `lets in for ${formatDuration(maxMs)}: 24h is the most`] : undefined,
    "portal-production-approved": (access) =>
        access.isProduction !== false && access.approval === undefined
            ? ["refuse", `${production(access)} and needs no approval${otherwise(access)}`]
            : undefined,
    "portal-production-reasoned": (access) =>
        access.isProduction !== false && access.reason !== "required" && access.ticket === undefined
            ? ["refuse", `${production(access)} and needs neither reason nor ticket${otherwise(access)}`]
            : undefined,
    "portal-login-short": ({ isGrantedOnLogin, duration: { usualMs } }) =>
        isGrantedOnLogin && usualMs > 12 * HOUR
            ? ["warn", `is granted by a sign-in for ${formatDuration(usualMs)}`]
            : undefined,
    "portal-approvers-others": ({ approval, eligible }) =>
        approval !== undefined && isSameList(approval.approvers.groups, eligible.groups)
            ? ["warn", "is approved by the same groups that request it: colleagues approve each other"]
            : undefined,
    "portal-break-glass-short": ({ breakGlass }) =>
        breakGlass !== undefined && breakGlass.durationMs > 4 * HOUR
            ? ["warn", `has a break-glass of ${formatDuration(breakGlass.durationMs)}`]
            : undefined,
};

type Rule = (settings: PortalSettings) => readonly (readonly [PortalFinding["level"], string, string])[];

const RULES: Readonly<Record<string, Rule>> = {
    "portal-break-glass-notified": ({ accesses, notify }) =>
        notify.length > 0
            ? []
            : accesses.flatMap(({ name, breakGlass }) =>
                  breakGlass
                      ? [["refuse", `accesses.${name}`, "has a break-glass of which nobody is notified"] as const]
                      : [],
              ),
    "portal-recheck-often": ({ session }) =>
        session.recheckMs > HOUR
            ? [["warn", "session.recheck", `takes groups of ${formatDuration(session.recheckMs)} ago for those of now`]]
            : [],
    "portal-offline-access": ({ login }) =>
        lacksOffline(login)
            ? [["warn", "login.scopes", "lacks offline_access: a click after session.recheck needs a new sign-in"]]
            : [],
    "portal-session-ends": ({ session }) =>
        session.durationMs > 24 * HOUR ? [["warn", "session.duration", "is longer than a day"]] : [],
    "portal-unroutable-refused": ({ allowUnroutable }) =>
        allowUnroutable
            ? [["warn", "allowUnroutable", "is for trying things out: Okta never sees such an address"]]
            : [],
    "portal-admins-named": ({ admins }) =>
        admins.groups.length + admins.users.length === 0
            ? [["warn", "admins", "names nobody: only the agent's POST /api/deny can end a person's access"]]
            : [],
    "portal-workload-pinned": ({ workloads }) =>
        workloads.flatMap(({ name, claims }) =>
            Object.keys(claims).some((claim) => /_id$|^sub$/.test(claim))
                ? []
                : [["warn", `workloads.${name}`, "pins no id: a name can be taken by another owner later"] as const],
        ),
};

/** What the rules find, refusals first. */
export function judgePortal(settings: PortalSettings): readonly PortalFinding[] {
    const ofAccesses = settings.accesses.flatMap((access) =>
        Object.entries(ACCESS_RULES).flatMap(([policy, rule]) => {
            const found = rule(access);
            return found === undefined
                ? []
                : [{ level: found[0], policy, where: `accesses.${access.name}`, sentence: found[1] }];
        }),
    );
    const others = Object.entries(RULES).flatMap(([policy, rule]) =>
        rule(settings).map(([level, where, sentence]) => ({ level, policy, where, sentence })),
    );
    return [...ofAccesses, ...others].sort((a, b) => a.level.localeCompare(b.level));
}

/** Names and labels say nothing: what is not declared is judged as production. */
function production({ isProduction }: AccessSettings): string {
    return isProduction === undefined ? "counts as production" : "is production";
}

function otherwise({ isProduction }: AccessSettings): string {
    return isProduction === undefined ? "; if it does not lead to production, say so with production: false" : "";
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
    return a.length === b.length && a.every((each) => b.includes(each));
}

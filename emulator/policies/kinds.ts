/** What differs between the types of policies. */
export interface PolicyKind {
    /** The type of its rules. */
    readonly ruleType: string;
    /** The first three letters of the ids of its policies and of its rules. */
    readonly ids: readonly [policy: string, rule: string];
    /**
     * Whether priorities are sequential: from 1, without gaps, the system's
     * last. Otherwise rules may have gaps, and the priority of a policy is 1.
     */
    readonly isSequential: boolean;
    /** A PUT of a rule without a priority puts it behind all, itself included (recorded). @default it stays where it is */
    readonly movesBehind?: true;
}

const OLDER = { ids: ["00p", "0pr"], isSequential: true } as const;

/** The types that the emulator keeps. Source of the two families: Okta's guide "Policy and rule prioritization". */
export const KINDS: Readonly<Record<string, PolicyKind>> = {
    ACCESS_POLICY: { ruleType: "ACCESS_POLICY", ids: ["rst", "rul"], isSequential: false },
    PROFILE_ENROLLMENT: { ruleType: "PROFILE_ENROLLMENT", ids: ["rst", "rul"], isSequential: false },
    SESSION_VIOLATION_DETECTION: { ruleType: "SESSION_VIOLATION_DETECTION", ids: ["rst", "rul"], isSequential: false },
    POST_AUTH_SESSION: { ruleType: "POST_AUTH_SESSION", ids: ["rst", "rul"], isSequential: false, movesBehind: true },
    ENTITY_RISK: { ruleType: "ENTITY_RISK", ids: ["rst", "rul"], isSequential: false },
    OKTA_SIGN_ON: { ruleType: "SIGN_ON", ...OLDER },
    PASSWORD: { ruleType: "PASSWORD", ...OLDER },
    MFA_ENROLL: { ruleType: "MFA_ENROLL", ...OLDER },
    IDP_DISCOVERY: { ruleType: "IDP_DISCOVERY", ...OLDER },
};

/** The types that exist on Identity Engine only. */
export const OF_IDENTITY_ENGINE: readonly string[] = ["ACCESS_POLICY", "PROFILE_ENROLLMENT"];

/** The kind of a policy's type; every policy that is kept has one. */
export function kindOf(type: string): PolicyKind {
    const kind = KINDS[type];
    if (kind === undefined) throw new Error(`there are no policies of type ${type} here`);
    return kind;
}

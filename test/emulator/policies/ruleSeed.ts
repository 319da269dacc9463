const gateways = [{ type: "CIDR" as const, value: "1.2.3.0/24" }];

/** Two zones that rules may name, and a policy of each kind to put rules in. */
export const seed = {
    zones: [
        { id: "nzo1", name: "one", gateways },
        { id: "nzo2", name: "two", gateways },
    ],
    policies: [
        { id: "rst1", name: "P" },
        { id: "00p1", name: "S", type: "OKTA_SIGN_ON" as const },
    ],
};

/** The body of a rule of an authentication policy. */
export const rule = (name: string, more: object = {}) => ({ name, type: "ACCESS_POLICY", ...more });

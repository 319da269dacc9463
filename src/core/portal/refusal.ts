/** Why something is not done, for programs and people. */
export interface Refusal {
    readonly result: "refused";
    /**
     *   not-allowed   the asker may not do this, or there is no such thing for them
     *   address       the address cannot be granted
     *   rules         a field is missing or not as the access wants it
     *   conflict      what is there by now does not allow it
     */
    readonly why: "not-allowed" | "address" | "rules" | "conflict";
    readonly sentence: string;
}

export function refusal(why: Refusal["why"], sentence: string): Refusal {
    return { result: "refused", why, sentence };
}

/** The same for an access that does not exist and for one that is not for the asker, so that nobody can find out which there are. */
export function noSuchAccess(name: string): Refusal {
    return refusal("not-allowed", `there is no access ${JSON.stringify(name.slice(0, 80))} that you may request`);
}

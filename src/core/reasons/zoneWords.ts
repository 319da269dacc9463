/** The words for every zone in place of ids. Source: Okta's OpenAPI description; both occur. */
const EVERY_ZONE = ["ALL_ZONES", "ALL_IP_ZONES"];

export function isEveryZone(id: string): boolean {
    return EVERY_ZONE.includes(id);
}

/** Whether a network condition's list names one of the zones, by its id or by a word for all of them. */
export function namesOneOf(list: readonly string[], zoneIds: readonly string[]): boolean {
    return list.some((id) => isEveryZone(id) || zoneIds.includes(id));
}

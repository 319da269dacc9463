/** The type of the resource that stands for a stack. */
export const STACK = "pulumi:pulumi:Stack";

/**
 * The name of a resource within all that one state knows:
 * `urn:pulumi:dev::zonekeeper::zonekeeper:index:IpZone$okta:network/zone:Zone::staff`.
 * Types of parents come first, joined by `$`; the stack's own type is left out.
 */
export function urnOf(stack: string, project: string, type: string, name: string, parent: string): string {
    const above = qualifiedType(parent);
    const types = above === "" || above === STACK ? type : `${above}$${type}`;
    return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}

export function typeOf(urn: string): string {
    return qualifiedType(urn).split("$").at(-1) ?? "";
}

export function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

function qualifiedType(urn: string): string {
    return urn.split("::")[2] ?? "";
}

/** What `pulumi import --file` takes. */
export interface ImportFile {
    readonly nameTable: Readonly<Record<string, string>>;
    readonly resources: readonly ImportedResource[];
}

export interface ImportedResource {
    readonly type: string;
    /** What the file calls the resource; it is unique there. */
    readonly name: string;
    /** What the program calls it. @default the name */
    readonly logicalName?: string;
    /** One of ours: nothing at Okta, but the parent of what is. */
    readonly component?: true;
    readonly id?: string;
    readonly parent?: string;
    readonly version?: string;
}

/** The components around the zone, the outermost first, as GrantedAccess declares them. */
const COMPONENTS = ["GrantedAccess", "GrantedZone", "IpZone"] as const;

export interface ImportOptions {
    readonly zoneId: string;
    /** What the program calls its GrantedAccess; its children have the same name. */
    readonly name: string;
    /** Of the Okta plugin, so that the import and the program use the same one. */
    readonly version: string;
}

/**
 * The file that puts a zone in the state of a stack, in the place where the
 * program declares it. Its parents, which the state does not have yet, come with
 * it; a zone without them would be another resource to Pulumi, and be replaced.
 */
export function importFile({ zoneId, name, version }: ImportOptions): ImportFile {
    const parents = COMPONENTS.map((component, index): ImportedResource => {
        const outer = COMPONENTS[index - 1];
        return {
            type: `zonekeeper:index:${component}`,
            name: `${name}-${component}`,
            logicalName: name,
            component: true,
            ...(outer && { parent: `${name}-${outer}` }),
        };
    });
    const zone = { type: "okta:network/zone:Zone", name, id: zoneId, parent: `${name}-IpZone`, version };
    return { nameTable: {}, resources: [...parents, zone] };
}

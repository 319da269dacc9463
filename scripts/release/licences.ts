/** Licences under which others may use the package in a product of theirs, without more than keeping the text. */
export const ALLOWED: readonly string[] = [
    "0BSD",
    "Apache-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "Unlicense",
];

/** A component of an SBOM in CycloneDX's form, as `npm sbom` writes it. */
export interface Component {
    readonly name: string;
    readonly version: string;
    readonly licenses?: readonly {
        readonly license?: { readonly id?: string; readonly name?: string };
        readonly expression?: string;
    }[];
}

/** A sentence on each component whose licence is not among those that are allowed, or is not said. */
export function licenceProblems(components: readonly Component[]): string[] {
    return components.flatMap(({ name, version, licenses = [] }) => {
        const said = licenses.map(({ license, expression }) => license?.id ?? expression ?? license?.name ?? "");
        if (said.length > 0 && said.every(isAllowed)) return [];
        const what = said.length === 0 ? "no licence" : `the licence ${said.join(", ")}`;
        return [`${name} ${version} has ${what}, which is not among ${ALLOWED.join(", ")}`];
    });
}

/** Of `(MIT OR GPL-3.0)` one may be chosen; of `(MIT AND ISC)` both count. */
function isAllowed(expression: string): boolean {
    const plain = expression.replace(/[()]/g, "");
    return plain.split(" OR ").some((choice) => choice.split(" AND ").every((id) => ALLOWED.includes(id.trim())));
}

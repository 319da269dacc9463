import { exchanged } from "./exchanged";
import type { Grant } from "./grants";

/** Labels of which a grant must have all. */
export type Selector = Readonly<Record<string, string>>;

export function isSelected({ labels }: Pick<Grant, "labels">, selector: Selector): boolean {
    for (const key in selector) if (labels[key] !== selector[key]) return false;
    return true;
}

/** The latest result of each selector, as the next list has mostly the same grants. */
const latest = new WeakMap<Selector, { readonly grants: readonly Grant[]; readonly selected: readonly Grant[] }>();

/** The selected grants, in their order. If the result is the same as for the previous list, it is the same object. */
export function selectedGrants(grants: readonly Grant[], selector: Selector): readonly Grant[] {
    if (Object.keys(selector).length === 0) return grants;
    const before = latest.get(selector);
    if (before?.grants === grants) return before.selected;
    const selected = before === undefined ? allSelected(grants, selector) : selectedAfter(before, grants, selector);
    latest.set(selector, { grants, selected });
    return selected;
}

function allSelected(grants: readonly Grant[], selector: Selector): readonly Grant[] {
    return grants.filter((grant) => isSelected(grant, selector));
}

function selectedAfter(
    before: { readonly grants: readonly Grant[]; readonly selected: readonly Grant[] },
    grants: readonly Grant[],
    selector: Selector,
): readonly Grant[] {
    const { head, old, fresh } = exchanged(before.grants, grants);
    if (old.length + fresh.length > Math.max(64, before.grants.length / 4)) return allSelected(grants, selector);
    const [left, come] = [allSelected(old, selector), allSelected(fresh, selector)];
    if (left.length === come.length && left.every((grant, index) => grant === come[index])) return before.selected;
    return before.selected.toSpliced(placeOf(before, head, selector), left.length, ...come);
}

/** How many of the first `head` grants are selected: found by the last one of them that is. */
function placeOf(
    { grants, selected }: { readonly grants: readonly Grant[]; readonly selected: readonly Grant[] },
    head: number,
    selector: Selector,
): number {
    for (let at = head - 1; at >= 0; at--) {
        const grant = grants[at];
        if (grant !== undefined && isSelected(grant, selector)) return selected.lastIndexOf(grant) + 1;
    }
    return 0;
}

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { SCHEMA } from "../../../src/core/portal/settings/schema";

const PAGE = join(__dirname, "../../../docs/reference/portal-settings.md");

interface Schema {
    readonly type?: string;
    readonly items?: Schema;
    readonly anyOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
    readonly properties?: Readonly<Record<string, Schema>>;
}

/** Paths of settings such as `login.issuer`; the items of a list are called as if there were one. */
function settingsIn({ type, items, anyOf, oneOf, properties }: Schema, at = ""): readonly string[] {
    const choices = anyOf ?? oneOf;
    if (properties !== undefined) {
        return Object.entries(properties).flatMap(([name, each]) =>
            settingsIn(each, at === "" ? name : `${at}.${name}`),
        );
    }
    if (choices?.some((each) => each.properties !== undefined)) return choices.flatMap((each) => settingsIn(each, at));
    return type === "array" && items?.type === "object" ? settingsIn(items, at) : itemsWithChoices(items, at);
}

function itemsWithChoices(items: Schema | undefined, at: string): readonly string[] {
    return items?.anyOf !== undefined || items?.oneOf !== undefined ? settingsIn(items, at) : [at];
}

describe("docs/reference/portal-settings.md", () => {
    it("has a row for every setting of the portal, and none for one that there is not", () => {
        const schema = z.toJSONSchema(SCHEMA, { io: "input", unrepresentable: "any" }) as Schema;
        const settings = [...new Set(settingsIn(schema))];
        const rows = readFileSync(PAGE, "utf8").matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \|/gm);
        const listed = [...rows].flatMap(([, cell = ""]) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
        assert.ok(settings.length > 40, settings.join());
        assert.deepEqual([...listed].sort(), [...settings].sort());
    });
});

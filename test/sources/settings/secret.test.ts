import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";

import { isSecretReference, readSecret, type SecretPlaces } from "../../../src/sources/settings/secret";

const places: SecretPlaces = {
    env: { TOKEN: "s3cr3t", LINED: "s3cr3t\n", BLANK: "\n", EMPTY: "" },
    readFile: (path) => {
        if (path === "/run/token") return "s3cr3t\n";
        if (path === "/run/windows") return "s3cr3t\r\n";
        if (path === "/run/key") return "-----BEGIN\nabc\n-----END\n\n";
        return readFileSync(`${__dirname}/no such folder/${path}`, "utf8");
    },
};

describe("readSecret", () => {
    const table: [reference: string, secret: string][] = [
        ["env:TOKEN", "s3cr3t"],
        ["env:LINED", "s3cr3t"],
        ["file:/run/token", "s3cr3t"],
        ["file:/run/windows", "s3cr3t"],
        ["file:/run/key", "-----BEGIN\nabc\n-----END\n"],
    ];
    for (const [reference, secret] of table) {
        it(`reads ${reference}`, () => assert.equal(readSecret(reference, places), secret));
    }

    const wrong: [reference: string, message: string][] = [
        ["env:OTHER", "the environment variable OTHER is not set; env:OTHER reads a secret from it"],
        ["env:EMPTY", "the secret of env:EMPTY is empty"],
        ["env:BLANK", "the secret of env:BLANK is empty"],
        ["file:/run/other", "cannot read the secret in file /run/other: there is no such file"],
        ["s3cr3t", "a secret is given as its place, env:NAME or file:PATH, and never as itself"],
        ["", "a secret is given as its place, env:NAME or file:PATH, and never as itself"],
        ["env:", "a secret is given as its place, env:NAME or file:PATH, and never as itself"],
        ["ENV:TOKEN", "a secret is given as its place, env:NAME or file:PATH, and never as itself"],
    ];
    for (const [reference, message] of wrong) {
        it(`says what is wrong with "${reference}"`, () => {
            assert.throws(() => readSecret(reference, places), { code: "bad-input", message });
        });
    }

    it("does not take a bug for a missing file", () => {
        const readFile = () => {
            throw new RangeError("a bug");
        };
        assert.throws(() => readSecret("file:x", { env: {}, readFile }), { name: "RangeError", message: "a bug" });
    });
});

describe("isSecretReference", () => {
    const table: [text: string, is: boolean][] = [
        ["env:A", true],
        ["file:a", true],
        ["env:", false],
        ["file:", false],
        ["https:x", false],
        [" env:A", false],
    ];
    for (const [text, is] of table) {
        it(`says ${is} of "${text}"`, () => assert.equal(isSecretReference(text), is));
    }
});

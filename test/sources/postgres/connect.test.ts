import { strict as assert } from "node:assert";

import { isPostgresUrl, secured } from "../../../src/sources/postgres/connect";

describe("secured", () => {
    const table: [url: string, mode: string | null][] = [
        ["postgres://db.example.com/app", "verify-full"],
        ["postgres://localhost/app", null],
        ["postgres://db.example.com/app?sslmode=verify-full", "verify-full"],
        ["postgres://db.example.com/app?sslmode=verify-ca", "verify-full"],
        ["postgres://localhost/app?sslmode=require", "verify-full"],
        ["postgres://db.example.com/app?sslmode=prefer", "verify-full"],
        ["postgres://db.example.com/app?sslmode=no-verify", "no-verify"],
        ["postgres://db.example.com/app?sslmode=disable", "disable"],
        // Beyond the table.
        ["postgres://127.0.0.1:5433/app", null],
        ["postgres://[::1]/app", null],
        ["postgres://127.0.0.1.example.com/app", "verify-full"],
        ["postgres:///app?host=/var/run/postgresql", null],
        ["postgres://%2Fvar%2Frun%2Fpostgresql/app", null],
        ["postgres:///app?host=db.example.com", "verify-full"],
        ["postgres://localhost/app?host=db.example.com", "verify-full"],
        ["postgres://db.example.com/app?ssl=0", null],
        ["postgres://db.example.com/app?uselibpqcompat=true&sslmode=require", "require"],
    ];
    for (const [url, mode] of table) {
        it(`${url} has sslmode ${mode ?? "as it is"}`, () => {
            assert.equal(new URL(secured(url)).searchParams.get("sslmode"), mode);
        });
    }

    it("leaves the rest of a URL as it is", () => {
        const url = "postgres://ana:p%40ss%2Fw@db.example.com:6432/app?application_name=x&sslmode=disable";
        assert.equal(secured(url), url);
    });
});

describe("isPostgresUrl", () => {
    const table: [text: string, is: boolean][] = [
        ["postgres://db/app", true],
        ["postgresql://db/app", true],
        ["postgres:///app?host=/run", true],
        ["https://db/app", false],
        ["postgres://[bad/app", false],
        ["host=db dbname=app", false],
    ];
    for (const [text, is] of table) it(`${text}: ${is}`, () => assert.equal(isPostgresUrl(text), is));
});

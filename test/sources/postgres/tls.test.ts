import { strict as assert } from "node:assert";

import { secured } from "../../../src/sources/postgres/tls";

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
        ["postgres://db.example.com/app?ssl=0", "disable"],
        ["postgres://db.example.com/app?ssl=false", "disable"],
        ["postgres://localhost/app?ssl=true", "verify-full"],
        ["postgres://localhost/app?ssl=yes", "verify-full"],
        ["postgres://db.example.com/app?ssl=0&sslmode=verify-full", "verify-full"],
        ["postgres://127.0.0.1:5433/app", null],
        ["postgres://[::1]/app", null],
        ["postgres://127.0.0.1.example.com/app", "verify-full"],
        ["postgres:///app", null],
        ["postgres:///app?host=/var/run/postgresql", null],
        ["postgres://%2Fvar%2Frun%2Fpostgresql/app", null],
        ["postgres:///app?host=db.example.com", "verify-full"],
        ["postgres://localhost/app?host=db.example.com", "verify-full"],
        ["postgres:///app?host=localhost&host=db.example.com", "verify-full"],
        ["postgres://db.example.com/app?sslmode=verify-full&sslmode=disable", "disable"],
        ["postgres://db.example.com/app?uselibpqcompat=true&sslmode=require", "require"],
    ];
    for (const [url, mode] of table) {
        it(`${url} has sslmode ${mode ?? "as it is"}`, () => {
            const { searchParams } = new URL(secured(url));
            assert.deepEqual(searchParams.getAll("sslmode"), mode === null ? [] : [mode]);
            assert.equal(searchParams.has("ssl"), false);
        });
    }

    it("leaves the rest of a URL as it is", () => {
        const url = "postgres://ana:p%40ss%2Fw@db.example.com:6432/app?application_name=x&sslmode=disable";
        assert.equal(secured(url), url);
    });

    it("names this machine where a URL names none, so that PGHOST does not", () => {
        assert.equal(secured("postgres:///app"), "postgres:///app?host=localhost");
    });
});

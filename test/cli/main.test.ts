import { strict as assert } from "node:assert";

import { version } from "../../package.json";
import { reportFailure } from "../../src/cli/terminal/terminal";
import { fail } from "../../src/core/errors/errors";
import { call } from "./scene";

/** Command lines that are wrong, and all that is said about them. */
const WRONG: readonly (readonly [args: readonly string[], says: string])[] = [
    [["sinc"], "unknown command 'sinc' (Did you mean sync?)"],
    [["sync"], "required option '--zone <id...>' not specified"],
    [["sync", "--zone", "nzo1"], "required option '--source <source>' not specified"],
    [["sync", "--zone"], "option '--zone <id...>' argument missing"],
    [
        ["sync", "--zone", "nzo1", "--source", "g.yaml", "--dryrun"],
        "unknown option '--dryrun' (Did you mean --dry-run?)",
    ],
    [
        ["sync", "--zone", "nzo1", "--source", "g.yaml", "nzo2"],
        "too many arguments for 'sync'. Expected 0 arguments but got 1. Put what belongs together, such as a chain, in quotes.",
    ],
    [["adopt"], "say which zone it is about: its id, such as nzo1a2b3c4d5e6f7g8h9"],
    [
        ["adopt", "nzo1", "nzo2"],
        "too many arguments for 'adopt'. Expected 1 argument but got 2. Put what belongs together, such as a chain, in quotes.",
    ],
    [
        ["emulator", "--port", "65536"],
        "option '--port <number>' argument '65536' is invalid. a port is a number from 0 to 65535.",
    ],
    [
        ["emulator", "--port", "http"],
        "option '--port <number>' argument 'http' is invalid. a port is a number from 0 to 65535.",
    ],
];

describe("main", () => {
    for (const [args, says] of WRONG) {
        it(`refuses ${args.join(" ")}`, async () => {
            assert.deepEqual(await call(args), { status: 2, out: "", err: [`zonekeeper: ${says} [ZK002]`] });
        });
    }

    it("reports a wrong call as JSON with --json", async () => {
        const { status, out } = await call(["sync", "--json", "--zone", "nzo1"]);
        assert.equal(status, 2);
        const message = "required option '--source <source>' not specified";
        assert.deepEqual(JSON.parse(out), { code: "ZK002", error: { code: "bad-input", message } });
    });

    it("says its version", async () => {
        assert.deepEqual(await call(["--version"]), { status: 0, out: `${version}`, err: [] });
    });

    it("explains itself where no command is given, and that is wrong", async () => {
        const { status, out, err } = await call([]);
        assert.deepEqual([status, out], [2, ""]);
        assert.match(
            err[0] ?? "",
            /^Usage: zonekeeper \[options\] \[command\]\n[\s\S]+\n {2}sync \[options\] [\s\S]+\n {2}emulator \[options\] /,
        );
    });

    it("explains itself and its commands when it is asked", async () => {
        const { status, out, err } = await call(["sync", "--help"]);
        assert.deepEqual([status, err], [0, []]);
        const flags = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag);
        assert.deepEqual(flags, [
            "--zone",
            "--stack",
            "--config",
            "--membership",
            "--source",
            "--dry-run",
            "--check",
            "--selector",
            "--static",
            "--deny",
            "--widest-prefix",
            "--allow-unroutable",
            "--max-time-to-live",
            "--refuse-permanent",
            "--max-removals",
            "--max-removals-window",
            "--confirm-removals",
            "--state",
            "--okta",
            "--json",
        ]);
        assert.equal((await call(["--help"])).status, 0);
    });
});

describe("reportFailure", () => {
    function report(error: unknown, isJson = false) {
        const [out, err]: [string[], string[]] = [[], []];
        const push = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
        return { status: reportFailure(error, { env: {}, directory: "", ...push }, isJson), out, err };
    }

    function coded(code: Parameters<typeof fail>[0]) {
        try {
            return fail(code, "it went wrong");
        } catch (error) {
            return error;
        }
    }

    for (const [code, status, stable] of [
        ["bad-input", 2, "ZK002"],
        ["bad-range", 2, "ZK003"],
        ["source-unreadable", 1, "ZK401"],
        ["okta-throttled", 1, "ZK501"],
        ["write-unverified", 1, "ZK601"],
    ] as const) {
        it(`ends with ${status} for ${code}`, () => {
            assert.deepEqual(report(coded(code)), { status, out: [], err: [`zonekeeper: it went wrong [${stable}]`] });
        });
    }

    it("reports a bug in one sentence too", () => {
        const error = new TypeError("x is undefined");
        const json = JSON.stringify({ code: "ZK001", error: { code: "failed", message: "x is undefined" } });
        assert.deepEqual(report(error, true), { status: 1, out: [json], err: ["zonekeeper: x is undefined [ZK001]"] });
        assert.deepEqual(report("nonsense"), { status: 1, out: [], err: ["zonekeeper: nonsense [ZK001]"] });
    });
});

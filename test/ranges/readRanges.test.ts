import { strict as assert } from "node:assert";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { formatSpan } from "../../src/core/addresses/ip";
import type { RangesReading } from "../../src/ranges/readRanges";
import { answer, type Handler, serve } from "../sources/server";
import { addresses, fileOf } from "../support/cells";
import { DAY, openTrial } from "./trial";

const FROM = "cannot read Okta's ranges from http://host/ip_ranges.json:";
const GOOD = fileOf({ us_cell_1: addresses(40) });
const VERSION = { etag: '"v1"', "last-modified": "Wed, 01 Jul 2026 10:54:14 GMT" };
const good = answer(200, GOOD, VERSION);

function countOf(reading: RangesReading): number {
    return reading.suspicion === undefined ? reading.ranges.cells.flatMap(({ spans }) => spans).length : 0;
}

describe("readRanges", () => {
    let trial: Awaited<ReturnType<typeof openTrial>>;

    beforeEach(async () => {
        trial = await openTrial();
    });
    afterEach(() => trial[Symbol.asyncDispose]());

    describe("from a file", () => {
        it("reads it, and says of which day it is", async () => {
            const path = join(trial.folder, "ranges.json");
            await writeFile(path, fileOf({ us_cell_1: ["1.2.3.4/32", "2001:db8::/32", "::1"] }));
            await utimes(path, 0, Date.parse("2026-07-01T10:00:00Z") / 1000);
            const reading = await trial.read("ranges.json");
            if (reading.suspicion !== undefined) return assert.fail(reading.suspicion);
            const { ranges, from, asOf } = reading;
            assert.deepEqual(
                [ranges.cells[0]?.spans.map(formatSpan), from, asOf],
                [["1.2.3.4/32"], "ranges.json", "2026-07-01"],
            );
            const warning = "2 IPv6 entries are left out, such as 2001:db8::/32 of us_cell_1: only IPv4 is written";
            assert.deepEqual(trial.warnings, [warning]);
        });

        const whole = fileOf({ us_cell_1: addresses(5) });
        const BAD: readonly (readonly [what: string, text: string | Buffer | undefined, says: string])[] = [
            ["is not there", undefined, "there is no such file"],
            ["is empty", " \n", "it is empty"],
            ["is HTML", "<html></html>", "it is HTML or XML, not JSON: is this the right address?"],
            ["is cut off", whole.slice(0, -9), "it is not JSON, or not all of it: it may have been cut off"],
            ["is not UTF-8", Buffer.from([0x7b, 0xff, 0xfe]), "it is not UTF-8 text"],
            ["is too long", `${" ".repeat(8 * 1024 * 1024)}{}`, "it is longer than 8 MiB"],
            [
                "has a cell twice",
                '{"a":{"ip_ranges":["1.2.3.4"]},"a":{"ip_ranges":[]}}',
                'the key "a" is there twice in one object at line 1, column 32',
            ],
            ["lists nothing", "{}", "it lists no address at all"],
            [
                "is of something else",
                '{"a":[]}',
                'the cell "a" has no list "ip_ranges": it has to be Okta\'s document of ranges',
            ],
        ];
        for (const [what, text, says] of BAD) {
            it(`fails where it ${what}`, async () => {
                if (text !== undefined) await writeFile(join(trial.folder, "ranges.json"), text);
                const message = await trial.failing("ranges.json");
                assert.equal(message, `ranges-unreadable: cannot read Okta's ranges from ranges.json: ${says}`);
            });
        }

        it("fails where it is a folder", async () => {
            assert.equal(
                await trial.failing("."),
                "ranges-unreadable: cannot read Okta's ranges from .: it is a folder",
            );
        });
    });

    describe("from a URL", () => {
        it("reads it, and says of which day it is, without the key in the URL", async () => {
            trial.answers(good);
            const reading = await trial.read();
            if (reading.suspicion !== undefined) return assert.fail(reading.suspicion);
            assert.deepEqual([countOf(reading), reading.asOf, trial.warnings], [40, "2026-07-01", []]);
            assert.match(reading.from, /^http:\/\/127\.0\.0\.1:\d+\/ip_ranges\.json$/);
            assert.deepEqual(trial.asked, [[undefined, undefined]]);
        });

        it("asks with the version that it has, and takes the copy where that is still the one", async () => {
            trial.answers(good);
            await trial.read();
            trial.answers(answer(304));
            trial.pass(40 * DAY);
            assert.equal(countOf(await trial.read()), 40);
            assert.deepEqual(trial.asked[1], ['"v1"', VERSION["last-modified"]]);
            // The server has just confirmed the copy, so it is young again.
            trial.answers(answer(404));
            trial.pass(DAY);
            assert.equal(countOf(await trial.read()), 40);
            assert.deepEqual(trial.warnings, [
                `${FROM} it answers 404; check the address; this is the last good copy, of 2026-07-01, 1 day old`,
            ]);
        });

        it("does not take 304 for an answer where it has no copy", async () => {
            trial.answers(answer(304));
            assert.equal(await trial.failing(), `ranges-unreadable: ${FROM} it answers 304; check the address`);
        });

        it("asks again where that may help, and no more than three times", async () => {
            trial.answers(answer(503));
            assert.equal(
                await trial.failing(),
                `ranges-unreadable: ${FROM} it answers 503; see to that server, or try again later (asked 3 times)`,
            );
            assert.equal(trial.asked.length, 3);
        });

        const cut: Handler = (_, response) => {
            response.writeHead(200, { "content-length": String(GOOD.length) }).write(GOOD.slice(0, 100));
            response.socket?.end();
        };
        const FAILURES: readonly (readonly [what: string, handler: Handler, says: string])[] = [
            [
                "a page of HTML",
                answer(200, "<html>Sign in</html>"),
                "it is HTML or XML, not JSON: is this the right address?",
            ],
            [
                "half a file",
                answer(200, GOOD.slice(0, 100)),
                "it is not JSON, or not all of it: it may have been cut off",
            ],
            ["an empty file", answer(200, ""), "it is empty"],
            ["an empty object", answer(200, "{}"), "it lists no address at all"],
            ["a far too long file", answer(200, " ".repeat(8 * 1024 * 1024 + 1)), "it is longer than 8 MiB"],
            ["404", answer(404), "it answers 404; check the address"],
            [
                "a redirect to another host",
                answer(302, "", { location: "https://example.com/" }),
                "it redirects to https://example.com: if that is right, write the new URL in the source",
            ],
            [
                "a connection that is cut",
                cut,
                "no connection: the connection was closed before an answer came; check the address, and whether it is http or https (asked 3 times)",
            ],
        ];
        for (const [what, handler, says] of FAILURES) {
            it(`fails for ${what}, or gives the last good copy, with a warning`, async () => {
                trial.answers(handler);
                assert.equal(await trial.failing(), `ranges-unreadable: ${FROM} ${says}`);
                trial.answers(good);
                await trial.read();
                trial.answers(handler);
                trial.pass(3 * DAY);
                assert.equal(countOf(await trial.read()), 40);
                assert.deepEqual(trial.warnings, [
                    `${FROM} ${says}; this is the last good copy, of 2026-07-01, 3 days old`,
                ]);
            });
        }

        it("fails in a sentence if the connection is refused", async () => {
            const gone = await serve(answer(200, GOOD));
            await gone[Symbol.asyncDispose]();
            const message = await trial.failing(`${gone.url}/r.json`);
            const { host } = new URL(gone.url);
            const reason = `no connection: ${host} refused the connection; check the address, and that the server runs (asked 3 times)`;
            assert.equal(message, `ranges-unreadable: cannot read Okta's ranges from http://${host}/r.json: ${reason}`);
        });

        it("uses no copy that is older than 30 days", async () => {
            trial.answers(good);
            await trial.read();
            trial.answers(answer(404));
            trial.pass(31 * DAY);
            assert.equal(
                await trial.failing(),
                `ranges-unreadable: ${FROM} it answers 404; check the address; the last good copy is 31 days old, too old to be used`,
            );
        });

        it("refuses a file that lost too much, until it is accepted", async () => {
            trial.answers(good);
            await trial.read();
            const shrunk = answer(200, fileOf({ us_cell_1: addresses(12) }), VERSION);
            trial.answers(shrunk);
            const { suspicion = "" } = await trial.read();
            assert.match(
                suspicion,
                /^Okta's ranges from http:\S+\/ip_ranges\.json look cut: the cell us_cell_1 lost 28 of its 40 addresses, beside the copy of 2026-07-01$/,
            );
            trial.answers(answer(404));
            assert.equal(countOf(await trial.read()), 40);
            trial.answers(shrunk);
            assert.equal(countOf(await trial.read(undefined, true)), 12);
            assert.equal(countOf(await trial.read()), 12);
        });

        it("does not use a copy that is damaged, and replaces it", async () => {
            trial.answers(good);
            await trial.read();
            const [name = "", ...others] = await readdir(trial.cache);
            assert.deepEqual(others, []);
            await writeFile(join(trial.cache, name), JSON.stringify({ text: "{}", confirmedAtMs: 1 }));
            trial.answers(answer(404));
            assert.equal(await trial.failing(), `ranges-unreadable: ${FROM} it answers 404; check the address`);
            assert.deepEqual(trial.warnings, [
                "the last good copy of Okta's ranges is damaged (it lists no address at all) and is not used",
            ]);
            await writeFile(join(trial.cache, name), '{"text":');
            trial.answers(good);
            assert.equal(countOf(await trial.read()), 40);
            trial.answers(answer(404));
            assert.equal(countOf(await trial.read()), 40);
        });

        it("gives an answer if the copy cannot be kept, and reports it", async () => {
            await writeFile(trial.cache, "a file where the folder should be");
            trial.answers(good);
            assert.equal(countOf(await trial.read()), 40);
            assert.equal(trial.warnings.length, 1);
            assert.match(trial.warnings[0] ?? "", /^the last good copy of Okta's ranges could not be kept: /);
        });

        it("keeps no copy of one URL for another", async () => {
            await mkdir(trial.cache);
            trial.answers(good);
            await trial.read();
            trial.answers(answer(404));
            const other = trial.url.replace("s3cr3t", "other");
            assert.equal(await trial.failing(other), `ranges-unreadable: ${FROM} it answers 404; check the address`);
            assert.equal(trial.asked.at(-1)?.[0], undefined);
        });
    });
});

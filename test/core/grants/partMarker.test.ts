import { strict as assert } from "node:assert";

import { partMarker } from "../../../src/core/grants/partMarker";

/** With 15 grants. */
const parts: readonly (readonly [fields: object, marker: string])[] = [
    [{ next: "https://example.com/grants?page=2" }, '"next" is set'],
    [{ next: 2 }, '"next" is 2'],
    [{ nextPage: 2 }, '"nextPage" is 2'],
    [{ next_page: "2" }, '"next_page" is 2'],
    [{ next_page_token: "eyJ" }, '"next_page_token" is set'],
    [{ nextPageToken: "eyJ" }, '"nextPageToken" is set'],
    [{ nextLink: "/grants?$skip=15" }, '"nextLink" is set'],
    [{ "@odata.nextLink": "https://example.com" }, '"@odata.nextLink" is set'],
    [{ next_cursor: "eyJ" }, '"next_cursor" is set'],
    [{ NextToken: "eyJ" }, '"NextToken" is set'],
    [{ cursor: "eyJ" }, '"cursor" is set'],
    [{ cursor: "eyJ", hasMore: true }, '"cursor" is set'],
    [{ previous: "https://example.com/grants?page=1" }, '"previous" is set'],
    [{ prev_page: 1 }, '"prev_page" is 1'],
    [{ links: { self: "/grants", next: { href: "/grants?page=2" } } }, '"links.next" is set'],
    [{ _links: { next: { href: "/grants?page=2" } } }, '"_links.next" is set'],
    [{ meta: { pagination: { total_pages: 3 } } }, '"meta.pagination.total_pages" is 3'],
    [{ metadata: { continue: "eyJ", remainingItemCount: 5 } }, '"metadata.continue" is set'],
    [{ metadata: { remainingItemCount: 5 } }, '"metadata.remainingItemCount" is 5'],
    [{ pageInfo: { hasNextPage: true, endCursor: "eyJ" } }, '"pageInfo.hasNextPage" is true'],
    [{ paging: { next: { after: "eyJ" } } }, '"paging.next" is set'],
    [{ continuationToken: "eyJ" }, '"continuationToken" is set'],
    [{ LastEvaluatedKey: { id: "g-15" } }, '"LastEvaluatedKey" is set'],
    [{ scroll_id: "eyJ" }, '"scroll_id" is set'],
    [{ hasMore: true }, '"hasMore" is true'],
    [{ has_more: true }, '"has_more" is true'],
    [{ has_more: "true" }, '"has_more" is true'],
    [{ hasNext: true }, '"hasNext" is true'],
    [{ more: true }, '"more" is true'],
    [{ isTruncated: true }, '"isTruncated" is true'],
    [{ truncated: true }, '"truncated" is true'],
    [{ partial: true }, '"partial" is true'],
    [{ incomplete: true }, '"incomplete" is true'],
    [{ complete: false }, '"complete" is false'],
    [{ last: false }, '"last" is false'],
    [{ first: false }, '"first" is false'],
    [{ total: 40 }, '"total" is 40'],
    [{ total: "40" }, '"total" is 40'],
    [{ page: 1, total: 40 }, '"total" is 40'],
    [{ totalCount: 16 }, '"totalCount" is 16'],
    [{ total_count: 16 }, '"total_count" is 16'],
    [{ totalResults: 16, startIndex: 1, itemsPerPage: 15 }, '"totalResults" is 16'],
    [{ "@odata.count": 16 }, '"@odata.count" is 16'],
    [{ count: 16 }, '"count" is 16'],
    [{ page: 1, pages: 2 }, '"pages" is 2'],
    [{ page: 2 }, '"page" is 2'],
    [{ page: { number: 0, totalPages: 2 } }, '"page.totalPages" is 2'],
    [{ page: { totalElements: 30 } }, '"page.totalElements" is 30'],
    [{ lastPage: 4 }, '"lastPage" is 4'],
    [{ offset: 15 }, '"offset" is 15'],
    [{ skip: 1 }, '"skip" is 1'],
    [{ startIndex: 16 }, '"startIndex" is 16'],
    [{ remaining: 1 }, '"remaining" is 1'],
    [{ total: "40.0" }, '"total" is 40.0'],
    [{ total: "4e1" }, '"total" is 4e1'],
    [{ total: "0x28" }, '"total" is 0x28'],
    [{ total: "12345678901234567890" }, '"total" is set'],
    [{ hasMore: "1.0" }, '"hasMore" is 1.0'],
    [{ page: "+2" }, '"page" is +2'],
    [{ limit: 15 }, '"limit" is 15'],
    [{ page: 1, per_page: 15 }, '"per_page" is 15'],
    [{ pageSize: 15, offset: 0 }, '"pageSize" is 15'],
];

/** With 15 grants, too. */
const whole: readonly object[] = [
    {},
    { version: 3, source: "file", readAt: "2026-12-01T12:00:00Z" },
    { next: null },
    { next: false },
    { next: "" },
    { next: {} },
    { next: [] },
    { next: { href: null } },
    { nextPageToken: "" },
    { cursor: null },
    { cursor: "eyJ", has_more: false },
    { pageInfo: { hasNextPage: false, endCursor: "eyJ" } },
    { links: { self: "/grants", first: "/grants", last: "/grants", next: null, prev: null } },
    { meta: { next: null, total: 15 } },
    { hasMore: false },
    { truncated: false },
    { complete: true },
    { first: true, last: true },
    { total: 15 },
    { total: "15" },
    { total: "15.0" },
    { total: "0x" },
    { hasMore: "0.0" },
    { offset: "-0" },
    { count: 14 },
    { total: "many" },
    { page: 1, pages: 1 },
    { page: 0, totalPages: 1, totalElements: 15 },
    { offset: 0 },
    { startIndex: 1, totalResults: 15, itemsPerPage: 15 },
    { remaining: 0 },
    { limit: 100 },
    { limit: 14 },
    { limit: 15, total: 15 },
    { limit: 15, has_more: false },
    { limit: 15, next: null },
    { limit: 15, meta: { total: 15 } },
    { nextReview: "2027-01-01", nextRun: "tomorrow", previousOwner: "ana", pageTitle: "Grants" },
    { labels: { next: "x" }, owner: { total: 99 } },
];

describe("partMarker", () => {
    for (const [fields, marker] of parts) {
        it(`finds a part in ${JSON.stringify(fields)}`, () => {
            assert.equal(partMarker({ grants: [], ...fields }, 15), marker);
        });
    }
    for (const fields of whole) {
        it(`finds none in ${JSON.stringify(fields)}`, () => {
            assert.equal(partMarker({ grants: [], ...fields }, 15), undefined);
        });
    }

    it("finds none in a document without grants that says how many there may be", () => {
        assert.equal(partMarker({ grants: [], total: 0, limit: 0, page: 1 }, 0), undefined);
    });

    it("does not show a link, which may hold a secret", () => {
        assert.doesNotMatch(partMarker({ next: "https://example.com/?key=s3cr3t" }, 1) ?? "", /s3cr3t/);
    });
});

/**
 * What an org's own document (`/.well-known/okta-organization`) calls its cell,
 * in small letters, and what the file of ranges calls it. Nobody has said so for
 * `ca_cell_1`, `in_cell_1`, `us_cell_17` and the cells of Privileged Access.
 *
 * Source: Okta support, "List of IP addresses that should be allowlisted for inbound traffic".
 */
export const CELL_OF_ORG: Readonly<Record<string, string>> = {
    ok1: "us_cell_1",
    ok2: "us_cell_2",
    ok3: "us_cell_3",
    ok4: "us_cell_4",
    ok5: "us_cell_5",
    ok6: "us_cell_6",
    ok7: "us_cell_7",
    ok8: "apac_cell_1",
    ok9: "emea_cell_2",
    ok10: "us_cell_10",
    ok11: "us_cell_11",
    ok12: "us_cell_12",
    ok14: "us_cell_14",
    ok16: "apac_cell_2",
    eu1: "emea_cell_1",
    op1: "preview_cell_1",
    op2: "preview_cell_2",
    op3: "preview_cell_3",
};

const US = [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 14, 17].map((number) => `us_cell_${number}`);

/**
 * The groups of Okta's help page "Allow access to Okta IP addresses". Its newest
 * translation has `us_cell_17` and the cells of Privileged Access as well, and
 * no page has `ca_cell_1` and `in_cell_1`, so these belong to no group.
 */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
    production: US,
    emea: ["emea_cell_1", "emea_cell_2"],
    hipaa: ["us_cell_5", "us_cell_10"],
    apac: ["apac_cell_1", "apac_cell_2"],
    preview: ["preview_cell_1", "preview_cell_2", "preview_cell_3"],
    "preview-emea": ["preview_cell_2"],
    pam: ["us_pam_cell_1", "emea_pam_cell_1", "preview_pam_cell_1"],
};

import { cellsText, type Formatted, file, header, networkTexts, type View } from "./view";

/**
 * The most entries of a customer-managed prefix list.
 *
 * Source: Amazon VPC user guide, "Amazon VPC quotas", customer-managed prefix lists.
 */
export const PREFIX_LIST_LIMIT = 1000;

/** Rules of a security group by default; a prefix list counts as many as its `MaxEntries`. Source: the same. */
export const SECURITY_GROUP_RULES = 60;

/** The most entries that one call adds. Source: Amazon EC2 API, CreateManagedPrefixList and ModifyManagedPrefixList. */
export const ENTRIES_A_CALL = 100;

/**
 * For `aws ec2 create-managed-prefix-list --cli-input-json file://…`. A call
 * takes 100 entries, so a longer list is created with the first of them; see
 * docs/guides/ranges.md.
 */
export function awsPrefixList(view: View): Formatted {
    const networks = networkTexts(view);
    if (networks.length > PREFIX_LIST_LIMIT) return tooLong(networks.length);
    const description = `Okta ${cellsText(view)}`;
    const entries = networks.map((Cidr) => JSON.stringify({ Cidr, Description: description }));
    return file(
        "{",
        `  "PrefixListName": ${JSON.stringify(nameOf(view))},`,
        '  "AddressFamily": "IPv4",',
        `  "MaxEntries": ${roomFor(networks.length)},`,
        '  "Entries": [',
        ...entries.map((entry, index) => `    ${entry}${index < entries.length - 1 ? "," : ""}`),
        "  ]",
        "}",
    );
}

/**
 * A module: the list as a local for whatever takes CIDRs, and a prefix list of
 * AWS with an entry for each. Not with the entries in the list itself, because
 * the provider sends them in one call and AWS refuses more than 100
 * (hashicorp/terraform-provider-aws#35371).
 */
export function terraform(view: View): Formatted {
    const networks = networkTexts(view);
    if (networks.length > PREFIX_LIST_LIMIT) return tooLong(networks.length);
    const notes = [
        "Outbound, TCP 80 and 443: name the prefix list in an egress rule. Without AWS, keep the local only.",
        "Certificates are checked at DigiCert on port 80, by name: see `zonekeeper ranges --domains`.",
    ];
    return file(
        ...header(view, notes),
        "locals {",
        "  okta_ranges = [",
        ...networks.map((network) => `    "${network}",`),
        "  ]",
        "}",
        "",
        'resource "aws_ec2_managed_prefix_list" "okta" {',
        `  name           = ${JSON.stringify(nameOf(view))}`,
        '  address_family = "IPv4"',
        `  max_entries    = ${roomFor(networks.length)}`,
        "}",
        "",
        'resource "aws_ec2_managed_prefix_list_entry" "okta" {',
        "  for_each = toset(local.okta_ranges)",
        "",
        "  prefix_list_id = aws_ec2_managed_prefix_list.okta.id",
        "  cidr           = each.value",
        `  description    = "Okta ${cellsText(view)}"`,
        "}",
        "",
        'output "okta_prefix_list_id" {',
        "  value = aws_ec2_managed_prefix_list.okta.id",
        "}",
    );
}

/**
 * The size of a list that is to grow a tenth before it has to be resized: AWS
 * does not resize a list and change its entries at the same time. In fifties,
 * so that it stays the same for long.
 */
export function roomFor(entries: number): number {
    return Math.min(PREFIX_LIST_LIMIT, Math.ceil((entries * 1.1) / 50) * 50);
}

/** At most 255 characters, says AWS. */
function nameOf({ cells }: View): string {
    return cells.length <= 4 ? `okta-${cells.map(({ name }) => name).join("-")}`.slice(0, 255) : "okta";
}

function tooLong(count: number): Formatted {
    const limit = `an AWS prefix list holds ${PREFIX_LIST_LIMIT}`;
    return { problem: `${count} networks are too many, since ${limit}: name fewer cells, or one list for each` };
}

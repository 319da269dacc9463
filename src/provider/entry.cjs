// What older states open for a membership: it stays where it is for ever.
module.exports = require("./entries.cjs").membership;

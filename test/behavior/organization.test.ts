/* Permissions. All of these tests share one Prism. */
import "./resources/account.js";
import "./resources/users.js";
import "./resources/workspaces.js";
import "./resources/roles.js";
import "./resources/grants.js";
import "./resources/permissions.js";
import "./resources/feature-flags.js";

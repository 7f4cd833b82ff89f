/* Who may do what. One Prism serves all of these. */
import "./resources/account.js";
import "./resources/users.js";
import "./resources/workspaces.js";
import "./resources/roles.js";
import "./resources/grants.js";
import "./resources/permissions.js";
import "./resources/feature-flags.js";

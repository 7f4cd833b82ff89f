/* Machines, and what they start from. One Prism serves all of these. */
import "./resources/instances.js";
import "./resources/instance-templates.js";
import "./resources/instance-skus.js";
import "./resources/images.js";
import "./lifecycles/instance.js";

/* Instances, and the resources they start from. All of these tests share one Prism. */
import "./resources/instances.js";
import "./resources/instance-templates.js";
import "./resources/instance-skus.js";
import "./resources/images.js";
import "./lifecycles/instance.js";

/* Nodes: buying, selling, moving and keeping them. All of these tests share one Prism. */
import "./resources/pools.js";
import "./resources/pool-transfers.js";
import "./resources/orders.js";
import "./resources/orderbook.js";
import "./resources/procurements.js";
import "./resources/deployments.js";
import "./lifecycles/order.js";

/* Nodes: bought, sold, moved and kept. One Prism serves all of these. */
import "./resources/pools.js";
import "./resources/pool-transfers.js";
import "./resources/orders.js";
import "./resources/orderbook.js";
import "./resources/procurements.js";
import "./resources/deployments.js";
import "./lifecycles/order.js";

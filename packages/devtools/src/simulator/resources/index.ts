import type { OperationId } from "../http/api-types.js";
import type { Handlers } from "../http/handler.js";
import { imageTransfer } from "./images/image-transfer.js";
import { images } from "./images/images.js";
import { instanceBatch } from "./instances/instance-batch.js";
import { instanceConsole } from "./instances/instance-console.js";
import { instanceReplace } from "./instances/instance-replace.js";
import { instanceSkus } from "./instances/instance-skus.js";
import { instanceTemplates } from "./instances/instance-templates.js";
import { instances } from "./instances/instances.js";
import { deployments } from "./market/deployments.js";
import { orderPreview } from "./market/order-preview.js";
import { orderbook } from "./market/orderbook.js";
import { orders } from "./market/orders.js";
import { poolTransfers } from "./market/pool-transfers.js";
import { pools } from "./market/pools.js";
import { procurements } from "./market/procurements.js";
import { account } from "./organization/account.js";
import { featureFlags } from "./organization/feature-flags.js";
import { grants } from "./organization/grants.js";
import { permissions } from "./organization/permissions.js";
import { roles } from "./organization/roles.js";
import { users } from "./organization/users.js";
import { workspaces } from "./organization/workspaces.js";

/** One handler for each operation. An operation that a later description adds returns 501 until it has a handler. A test finds such operations. */
export const handlers: Partial<Handlers<OperationId>> = {
  ...account,
  ...deployments,
  ...featureFlags,
  ...grants,
  ...imageTransfer,
  ...images,
  ...instanceBatch,
  ...instanceConsole,
  ...instanceReplace,
  ...instanceSkus,
  ...instanceTemplates,
  ...instances,
  ...orderPreview,
  ...orderbook,
  ...orders,
  ...permissions,
  ...poolTransfers,
  ...pools,
  ...procurements,
  ...roles,
  ...users,
  ...workspaces,
};
